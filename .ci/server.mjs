#!/usr/bin/env node
/**
 * Bundles the relay into a directory: `node .ci/server.mjs dist`. Loading some 1,000 modules one by one costs time and
 * memory (docs/decisions/0018-bundle.md). A command loads the chunks that it needs. Types are checked by `npm run types`.
 */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [, , out] = process.argv
if (out === undefined) throw new Error('name the directory to build into')

await build({
  absWorkingDir: root,
  entryPoints: [join(root, 'src', 'main.ts')],
  outdir: out,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // native modules find their binaries, and Swagger UI its page, in node_modules; few want OpenTelemetry
  external: ['better-sqlite3', '@node-rs/argon2', 'swagger-ui-dist', '@opentelemetry/*'],
  // CommonJS modules ask for Node's own ones by `require`
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
  // the engine keeps the text of what it has loaded; names stay, for the stack traces in a log
  minifyWhitespace: true,
  lineLimit: 160,
  // for `node --enable-source-maps`, which tells the lines of src
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
})
