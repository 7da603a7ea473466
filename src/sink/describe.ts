import { isObject, textOf } from './env.js'

/** The path below the place where Alerta's endpoints stand: `/` or `/api`. */
export const endpointOf = (path: string): string => path.replace(/^\/api(?=\/)/, '')

/** What a request is about, in a few words; '' where it is nothing of Alerta's. */
export function describe(method: string, path: string, json: unknown): string {
  const body = isObject(json) ? json : {}
  const endpoint = endpointOf(path)
  if (method === 'POST' && endpoint === '/alert') {
    const subject = [body.environment, body.resource, body.event].map((part) => textOf(part, '?')).join('/')
    return `${textOf(body.severity, 'normal')} ${subject}`
  }
  if (method === 'PUT' && endpoint.endsWith('/action')) {
    const text = textOf(body.text)
    return textOf(body.action, '?') + (text === '' ? '' : ` "${text}"`)
  }
  const [, change, note] = /^\/alert\/[^/]+\/(status|tag|untag|attributes|note)(\/[^/]+)?$/.exec(endpoint) ?? []
  if (change !== undefined) return describeChange(change, method === 'DELETE' || note !== undefined ? method : '', body)
  if (method === 'POST' && endpoint === '/heartbeat') return `heartbeat ${textOf(body.origin, '?')}`
  return ''
}

function describeChange(change: string, how: string, body: Readonly<Record<string, unknown>>): string {
  const { status, tags, attributes, text, note } = body
  const said = status ?? tags ?? attributes ?? text ?? note
  const told = said === undefined ? '' : typeof said === 'string' ? said : JSON.stringify(said)
  const verb = { DELETE: ' removed', PUT: ' changed' }[how] ?? ''
  return `${change}${verb} ${told}`.trim()
}
