import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { BUILT } from '../../src/console/files.js'
import { serve, stopServing } from '../management/serving.js'

afterEach(stopServing)

/** As it stands on the wire: fetch would undo the compression and straighten the path. */
function get(url: string, path: string, headers: Record<string, string> = {}) {
  const { hostname, port } = new URL(url)
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve, reject) => {
    const asked = request({ hostname, port, path, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      )
    })
    asked.on('error', reject).end()
  })
}

const assetsOf = (page: Buffer): { name: string; integrity: string | undefined }[] =>
  [...page.toString().matchAll(/(?:src|href)="([^"#]+)"(?: integrity="([^"]+)")?/g)].map(
    ([, name = '', integrity]) => ({
      name,
      integrity,
    }),
  )

test('the console was built: these tests look at what users get', () => {
  expect(existsSync(BUILT)).toBe(true)
})

test('the page names its files by their contents, and a changed one would not be run', async () => {
  const { url } = await serve()
  const page = await get(url, '/console/')
  expect(page).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
  })
  const assets = assetsOf(page.body)
  expect(assets).toHaveLength(3)
  for (const { name, integrity } of assets) {
    const file = await get(url, `/console/${name}`)
    expect(file.status, name).toBe(200)
    expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    if (name.endsWith('.svg')) continue
    expect(`sha384-${createHash('sha384').update(file.body).digest('base64')}`).toBe(integrity)
  }
})

test('the page allows itself nothing but its own files and its own relay, and no text to become code', async () => {
  const { url } = await serve()
  const page = await get(url, '/console/')
  const policy = String(page.headers['content-security-policy'])
  expect(policy).not.toMatch(/unsafe|\*|https?:|data:/)
  expect(policy).toMatch(/default-src 'none'/)
  expect(policy).toMatch(/frame-ancestors 'none'/)
  expect(page.headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  })
  // neither inline scripts nor inline styles
  expect(page.body.toString()).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/)
  const missing = await get(url, '/console/nothing.js')
  expect(missing).toMatchObject({ status: 404, headers: { 'content-security-policy': policy } })
})

test('what the browser has already is not sent again, and it is sent compressed', async () => {
  const { url } = await serve()
  const page = await get(url, '/console/')
  const etag = String(page.headers.etag)
  expect(await get(url, '/console/', { 'if-none-match': etag })).toMatchObject({ status: 304, body: Buffer.alloc(0) })
  expect((await get(url, '/console/', { 'if-none-match': '"another"' })).status).toBe(200)
  const brotli = await get(url, '/console/', { 'accept-encoding': 'gzip, deflate, br' })
  expect(brotli.headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' })
  expect(brotliDecompressSync(brotli.body)).toEqual(page.body)
  const gzip = await get(url, '/console/', { 'accept-encoding': 'gzip, br;q=0' })
  expect(gzip.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(gzip.body)).toEqual(page.body)
})

test('the whole console weighs less than 150 kB compressed', async () => {
  const { url } = await serve()
  const assets = assetsOf((await get(url, '/console/')).body)
  const names = ['', ...assets.map(({ name }) => name)]
  const files = await Promise.all(names.map((name) => get(url, `/console/${name}`, { 'accept-encoding': 'br' })))
  expect(files.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThan(150_000)
})

test('no path leads out of the console', async () => {
  const { url } = await serve()
  const paths = ['../package.json', '..%2fpackage.json', '..%5cpackage.json', '%2e%2e/serve.js', '....//serve.js']
  for (const path of [...paths, 'assets/../../serve.js', '/etc/passwd', '%00', 'index.html', 'index.html.br']) {
    expect((await get(url, `/console/${path}`)).status, path).toBe(404)
  }
})

test('it is reached without the slash too, and by every prefix', async () => {
  const { url } = await serve()
  const bare = await get(url, '/console')
  expect(bare).toMatchObject({ status: 308, headers: { location: 'console/' } })
  expect((await get(url, '/api/console/')).status).toBe(200)
})
