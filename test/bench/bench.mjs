/** Builds the benchmark, which is TypeScript, beside other caches, and runs it: `npm run bench -- --help`. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))
const outdir = join(here, '..', '..', 'node_modules', '.cache', 'bench')
const processes = readdirSync(join(here, 'processes')).map((name) => join(here, 'processes', name))

await build({
  entryPoints: [join(here, 'main.ts'), ...processes],
  outbase: here,
  outdir,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  sourcemap: 'inline',
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
})
const { main } = await import(pathToFileURL(join(outdir, 'main.mjs')).href)
process.exitCode = await main(process.argv.slice(2))
