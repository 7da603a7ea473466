/** The webhooks that every Alerta 9.1.0 has (setup.py: alerta.webhooks). */
const BUILT_IN = [
  ...['cloudwatch', 'grafana', 'graylog', 'newrelic', 'pagerduty', 'pingdom'],
  ...['prometheus', 'riemann', 'serverdensity', 'slack', 'stackdriver', 'telegram'],
]

export interface WebhookPath {
  readonly name: string
  /** /webhooks/prometheus/more?environment=Lab, as it was sent but without credentials */
  readonly path: string
  readonly query: URLSearchParams
}

/** Longer than any webhook's; it is stored and sent on. */
const LONGEST = 4_096

/**
 * Which webhook a request target is for. Undefined: it is for none that is known, or it could mean another path to a
 * server on the way (RFC 3986, 5.2.4 and 7.3: dot segments, escaped slashes), where our credential may do more.
 */
export function webhookPathOf(target: string, prefix: string, custom: readonly string[]): WebhookPath | undefined {
  const local = target.replace(/^https?:\/\/[^/?#]*/i, '').slice(prefix.length)
  const [, path = '', query = ''] = /^(\/webhooks\/[^?#]+)(?:\?([^#]*))?$/.exec(local) ?? []
  const [, , name = '', ...rest] = path.split('/')
  if (local.length > LONGEST || !(BUILT_IN.includes(name) || custom.includes(name))) return undefined
  if (!rest.every((segment, i) => isPlain(segment) || (segment === '' && i === rest.length - 1))) return undefined
  const kept = query
    .split('&')
    .filter((pair) => pair !== '' && !isCredential(pair))
    .join('&')
  const isWritable = /^[\x21-\x7e]*$/.test(kept)
  return isWritable
    ? { name, path: kept === '' ? path : `${path}?${kept}`, query: new URLSearchParams(kept) }
    : undefined
}

/** Letters, digits and what means nothing in a path, plain or escaped; no "." and "..", also not before a ";", where some servers begin parameters; no slash in disguise, also not for a server that unescapes twice. */
function isPlain(segment: string): boolean {
  if (!/^(?:[\w.~!$&'()*+,;=:@-]|%[0-9a-f]{2})+$/i.test(segment) || /%(?:25|2f|5c|2e|3b|00)/i.test(segment))
    return false
  return !/^\.{1,2}(?:;|$)/.test(segment)
}

/** `api-key`, however it is escaped. */
const isCredential = (pair: string): boolean => new URLSearchParams(pair).has('api-key')
