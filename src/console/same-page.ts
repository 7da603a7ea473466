/** Of a request, in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** What the console's own page sends with all that it asks: another site's page cannot, without being asked first. */
const CONSOLE_HEADER = 'x-alerta-console'

/**
 * Whether a request comes from a page of this very origin, as far as a browser tells; only then a cookie counts. Fetch
 * metadata (Sec-Fetch-Site) where the browser sends them, the Origin where it sends one, and a header of our own always.
 */
export function isFromOwnPage(
  headers: Headers,
  { scheme, host }: { readonly scheme: string; readonly host: string | undefined },
): boolean {
  if (headers[CONSOLE_HEADER] === undefined) return false
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') return false
  const { origin } = headers
  return (
    origin === undefined || origin === `${scheme}://${host ?? ''}` || (site === 'same-origin' && isHost(origin, host))
  )
}

/** Behind a proxy that does not tell of TLS the scheme is another one; the browser has said that the site is the same. */
const isHost = (origin: string | readonly string[], host: string | undefined): boolean =>
  typeof origin === 'string' && URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()
