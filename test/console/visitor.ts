import type { Serving } from '../management/serving.js'

/** What the console's own page sends with everything. */
export const OWN_PAGE = { 'x-alerta-console': '1', 'sec-fetch-site': 'same-origin' }

/** Signs in as the page does; the cookie as a request sends it, and as it was set. */
export async function signIn({ url }: Pick<Serving, 'url'>, by: object): Promise<{ cookie: string; set: string }> {
  const answer = await postSession(url, by)
  const [set = ''] = answer.headers.getSetCookie()
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`)
  return { cookie: set.split(';')[0] ?? '', set }
}

export const postSession = (url: string, by: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/console/session`, {
    method: 'POST',
    headers: { ...OWN_PAGE, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(by),
  })

/** Asks as the page does, with the cookie. */
export const asPage = (
  { url }: Pick<Serving, 'url'>,
  cookie: string,
  path: string,
  { method = 'GET', body }: { method?: string; body?: object } = {},
): Promise<Response> =>
  fetch(`${url}/operator${path}`, {
    method,
    headers: { ...OWN_PAGE, cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
