#!/usr/bin/env node
/**
 * Builds the web console into a directory: `node .ci/console.mjs dist/console/app`. One script and one style sheet,
 * named after their contents, with integrity digests in the page, and everything compressed beforehand.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const app = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src', 'console', 'app')
const [, , out] = process.argv
if (out === undefined) throw new Error('name the directory to build into')

const digest = (algorithm, bytes) => createHash(algorithm).update(bytes).digest('base64')
const hashed = (name, ending, bytes) =>
  `${name}-${digest('sha256', bytes)
    .replace(/[^a-zA-Z0-9]/g, '')
    .slice(0, 10)
    .toLowerCase()}.${ending}`
const integrity = (bytes) => `sha384-${digest('sha384', bytes)}`

const { outputFiles } = await build({
  entryPoints: [join(app, 'main.tsx')],
  bundle: true,
  write: false,
  minify: true,
  format: 'esm',
  target: ['es2022'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'warning',
  tsconfigRaw: {},
})
const [script] = outputFiles.map(({ contents }) => contents)

const sheets = readdirSync(join(app, 'styles')).filter((name) => name.endsWith('.css'))
const order = ['tokens.css', 'base.css', 'layout.css', 'parts.css', 'map.css']
const text = [...order, ...sheets.filter((name) => !order.includes(name)).sort()]
  .map((name) => readFileSync(join(app, 'styles', name), 'utf8'))
  .join('\n')
const style = (
  await build({ stdin: { contents: text, loader: 'css' }, write: false, minify: true, target: ['es2022'] })
).outputFiles[0].contents

const icon = readFileSync(join(app, 'icon.svg'))
const files = new Map([
  [hashed('app', 'js', script), script],
  [hashed('app', 'css', style), style],
  [hashed('icon', 'svg', icon), icon],
])
const [scriptName, styleName, iconName] = files.keys()
const values = {
  script: scriptName,
  'script-integrity': integrity(script),
  style: styleName,
  'style-integrity': integrity(style),
  icon: iconName,
}
const page = readFileSync(join(app, 'index.html'), 'utf8').replace(/\{\{([\w-]+)\}\}/g, (_, name) => {
  if (values[name] === undefined) throw new Error(`index.html asks for ${name}, which there is not`)
  return values[name]
})
files.set('index.html', Buffer.from(page))

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
let compressed = 0
for (const [name, bytes] of files) {
  const small = brotliCompressSync(bytes, best)
  compressed += small.length
  writeFileSync(join(out, name), bytes)
  writeFileSync(join(out, `${name}.br`), small)
  writeFileSync(join(out, `${name}.gz`), gzipSync(bytes, { level: 9 }))
}

/** Somebody opens it on a phone at night: all of it together, compressed. */
const MOST_BYTES = 150_000
if (compressed > MOST_BYTES)
  throw new Error(`the console has ${compressed} bytes compressed, at most are ${MOST_BYTES}`)
