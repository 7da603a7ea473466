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
  if (method === 'POST' && endpoint === '/heartbeat') return `heartbeat ${textOf(body.origin, '?')}`
  return ''
}
