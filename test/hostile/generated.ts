import fc from 'fast-check'
import { page, table } from '../docs/pages.js'
import { hostileBody } from './generated-bodies.js'
import { readingQuery } from './generated-queries.js'
import { often, PITFALLS } from './pitfalls.js'
import { HAWK_ID, SECRETS, USER } from './world.js'

export interface HostileRequest {
  readonly method: string
  /** as it stands in the request line; one character is one byte */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  readonly chunked: boolean
}

/** Every route that there is: a test holds the page to the app (test/docs/http-api.test.ts). */
export const ROUTES = table(page('http-api.md'), 'request', 'scope').map(([request = '']) => {
  const [method = '', path = ''] = request.split(' ')
  return { method, path }
})

const WRITES = ROUTES.filter(({ method }) => method !== 'GET')
/** What is passed on as it came; a test looks at what arrives. */
const CARRIED = WRITES.filter(({ path }) => ['/alert', '/heartbeat', '/webhooks/:name/*'].includes(path))
const READS = ROUTES.filter(({ method, path }) => method === 'GET' && !path.startsWith('/management'))
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE', 'QUERY']

const segment = fc.oneof(
  fc.constantFrom('x', 'mom1', ...PITFALLS),
  fc.constantFrom(
    '.',
    '..',
    '%2e%2e',
    '..%2f..',
    '%2F',
    '%5c..%5c',
    '%00',
    '%ff',
    '%c0%af',
    '%zz',
    '%',
    '%u0041',
    '%0d%0a',
  ),
  fc.constantFrom(
    'a'.repeat(3_000),
    '%41'.repeat(1_500),
    '😀'.repeat(200),
    'a;b=c',
    "it's",
    '{x}',
    '"',
    '<script>',
    '|',
    '*',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
)
const wellFormed = (text: string): string => Buffer.from(text).toString()
/** What no client could send as it is goes percent-encoded or as its bytes, which is for the relay to refuse. */
const escaped = (text: string): string => text.replace(/[^\x21-\x7e]/gu, (char) => encodeURIComponent(wellFormed(char)))

const path = fc
  .record({
    prefix: often(fc.constantFrom('', '/api'), fc.constantFrom('/API', '//', '/.', '/x/..', '/api/api'), 9),
    parameter: segment,
    webhook: fc.constantFrom('/prometheus', '/slack/more', '/graylog/:rest', '/:name', '/grafana/:rest/../x'),
    suffix: often(fc.constant(''), fc.constantFrom('/', '//', '/.', '/..', '%20', ';a=b', '#x', '%2f', '/x'), 9),
    raw: often(fc.constant(false), fc.constant(true), 9),
  })
  .map(({ prefix, parameter, webhook, suffix, raw }) => {
    const inserted = raw ? Buffer.from(parameter).toString('latin1') : escaped(parameter)
    const filled = (route: string): string => route.replace(/:\w+/g, () => inserted)
    return (route: string) => prefix + filled(route.replace('/:name/*', () => webhook)) + suffix
  })

const query = often(
  fc.constant(''),
  fc.constantFrom(
    '?',
    '?api-key=',
    `?api-key=${SECRETS.key}`,
    '?api-key=%ff',
    '?api-key=a&api-key=b',
    '?__proto__[x]=1',
    '?%',
    '??',
    '?a#c',
  ),
)

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
const RIGHT: readonly (readonly [string, string])[] = [
  ['Authorization', `Key ${SECRETS.key}`],
  ['X-API-Key', SECRETS.key],
  ['Authorization', `Bearer ${SECRETS.token}`],
  ['Authorization', basic(USER, SECRETS.password)],
]
const hawk = (parts: string): readonly [string, string] => ['Authorization', `Hawk ${parts}`]
const WRONG: readonly (readonly [string, string])[] = [
  ['Authorization', `Key ${SECRETS.key}x`],
  ['Authorization', `Key ${SECRETS.key.slice(0, -1)}`],
  ['Authorization', `Key ${SECRETS.key}, Key ${SECRETS.key}`],
  ['Authorization', `Bearer ${SECRETS.key}`],
  ['Authorization', `Digest ${SECRETS.token}`],
  ['Authorization', SECRETS.key],
  ['Authorization', ''],
  ['Authorization', basic(USER, `${SECRETS.password}x`)],
  ['Authorization', basic('__proto__', SECRETS.password)],
  ['Authorization', 'Basic ===='],
  ['X-API-Key', PITFALLS.join()],
  hawk(''),
  hawk(`id="${HAWK_ID}"`),
  hawk(`id="${HAWK_ID}", ts="1", nonce="n", mac="${SECRETS.hawk}"`),
  hawk(`id="__proto__", ts="${'9'.repeat(400)}", nonce="n", mac="m", hash="h"`),
  hawk(`id="${HAWK_ID}", id="x", ts="NaN", nonce="", mac=""`),
]
const credentials = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...RIGHT).map((one) => [one]) },
  { weight: 2, arbitrary: fc.constantFrom(...WRONG).map((one) => [one]) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...RIGHT, ...WRONG), { maxLength: 3 }) },
)

/** As bytes: control characters, Latin-1 and broken UTF-8 included. */
const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 30,
})
const headerName = fc.oneof(
  fc.constantFrom(
    'X-Alerta-Loop',
    'X-Alerta-Message',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Request-ID',
  ),
  fc.constantFrom(
    'Cookie',
    'Origin',
    'Access-Control-Request-Method',
    'Accept',
    'Range',
    'If-None-Match',
    'Via',
    'Forwarded',
  ),
  fc.constantFrom(
    'X-HTTP-Method-Override',
    'X-Original-URL',
    'Content-Encoding',
    'Upgrade',
    'TE',
    'Trailer',
    'Keep-Alive',
    'Expect',
  ),
  fc.constantFrom(...PITFALLS),
)
const headerValue = fc.oneof(
  fc.constantFrom(
    '',
    '*',
    'gzip',
    'null',
    '0',
    '-1',
    'bytes=0-',
    'http://a:1,http://b:2',
    'http://[',
    ',,,,',
    '01930000-0000-7000-8000-000000000001',
  ),
  fc.constantFrom(
    'x'.repeat(5_000),
    'http://a,'.repeat(1_000),
    '127.0.0.1, '.repeat(50),
    '100-continue',
    'DELETE',
    'https://evil.example',
    '::1%eth0',
  ),
  fc.constantFrom(...PITFALLS),
  latin1,
)
const headers = often(
  fc.array(fc.tuple(headerName, headerValue), { maxLength: 3 }),
  fc
    .tuple(headerName, headerValue, fc.integer({ min: 2, max: 500 }))
    .map(([name, value, times]) => Array<readonly [string, string]>(times).fill([name, value.slice(0, 20)])),
  9,
)
const contentType = often(
  fc.constant('application/json'),
  fc.constantFrom(
    'application/json; charset=utf-16',
    'APPLICATION/JSON',
    'application/vnd.api+json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    '',
    'application/json, text/plain',
    `application/${'a+'.repeat(2_000)}`,
  ),
  9,
)

/** Requests that are framed as HTTP wants, and hostile in everything that stands in the frame. */
export const hostileRequest: fc.Arbitrary<HostileRequest> = fc
  .record({
    route: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...WRITES) },
      { weight: 4, arbitrary: fc.constantFrom(...CARRIED) },
      { weight: 1, arbitrary: fc.constantFrom(...ROUTES) },
      { weight: 2, arbitrary: fc.constantFrom(...READS) },
    ),
    method: often(fc.constant(undefined), fc.constantFrom(...METHODS), 9),
    path,
    query: fc.oneof(query, readingQuery),
    credentials,
    headers,
    contentType,
    body: hostileBody,
    chunked: fc.boolean(),
  })
  .map((made) => ({
    method: made.method ?? made.route.method,
    target: made.path(made.route.path) + made.query,
    headers: [...made.credentials, ['Content-Type', made.contentType] as const, ...made.headers],
    body: made.body,
    chunked: made.chunked,
  }))

/** The bytes of it, with the end of the connection asked for. */
export function bytesOf({ method, target, headers, body, chunked }: HostileRequest): Buffer {
  const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: 127.0.0.1',
    framing,
    'Connection: close',
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  if (!chunked) return Buffer.concat([head, body])
  const last = Buffer.from('0\r\n\r\n')
  if (body.length === 0) return Buffer.concat([head, last])
  return Buffer.concat([head, Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n'), last])
}
