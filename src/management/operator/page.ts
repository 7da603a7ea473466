import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { OperatorEnv } from './routes.js'

/** Swagger UI as its package ships it, and what starts it. */
const SCRIPT = 'text/javascript; charset=utf-8'
const FILES = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', SCRIPT],
  ['favicon-32x32.png', 'image/png'],
])
const START_FILE = 'start.js'
const HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>alerta-relay: operator API</title>
<link rel="icon" href="page/favicon-32x32.png">
<link rel="stylesheet" href="page/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="page/swagger-ui-bundle.js"></script>
<script src="page/${START_FILE}"></script>
</body>
</html>
`
const START = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#page',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
})
`
/** It loads its own files and speaks to its own relay; Swagger UI draws its small pictures as data. */
const SAFE = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
}

/** How to ask the relay: as a document for programs, and as a page for people. */
export function servePage(app: OpenAPIHono<OperatorEnv>, version: string): void {
  const require = createRequire(import.meta.url)
  const folder = dirname(require.resolve('swagger-ui-dist/package.json'))
  app.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'An API key with the scope that the request wants, bound to no customer.',
  })
  const describe = () =>
    app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'alerta-relay: operator API',
        version,
        description: 'What the commands of alerta-relay ask of the running relay. docs/http-api.md says more.',
      },
      servers: [{ url: '.', description: 'this relay' }],
    })
  // anybody may ask for these, and making them takes a while: once is enough
  let document: ReturnType<typeof describe> | undefined
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  const bytesOf = (file: string): Uint8Array<ArrayBuffer> => {
    const known = files.get(file) ?? new Uint8Array(readFileSync(join(folder, file)))
    files.set(file, known)
    return known
  }
  app.get('/openapi.json', (c) => {
    document ??= describe()
    return c.json(document)
  })
  app.get('/', (c) => c.body(HTML, 200, { ...SAFE, 'content-type': 'text/html; charset=utf-8' }))
  app.get('/page/:file', (c) => {
    const file = c.req.param('file')
    if (file === START_FILE) return c.body(START, 200, { ...SAFE, 'content-type': SCRIPT })
    const type = FILES.get(file)
    if (type === undefined) return c.notFound()
    return c.body(bytesOf(file), 200, { ...SAFE, 'content-type': type, 'cache-control': 'max-age=3600' })
  })
}

/** The page and its document say nothing of what the relay holds. */
export const isOpen = (method: string, path: string): boolean =>
  (method === 'GET' || method === 'HEAD') && (path === '/' || path === '/openapi.json' || path.startsWith('/page/'))
