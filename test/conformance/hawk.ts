import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { Case } from './recording.js'

const ID = 'hawk-mlm1'
const SECRET = 'hawk-secret-mlm1'

/**
 * Signs as the recorded client did, fault included, but now. Written out from Hawk's own description
 * (github.com/mozilla/hawk, API.md), so that the relay's library is not checked against itself.
 */
export function signHawk(one: Case, host: { readonly name: string; readonly port: number }): string {
  const { hawk = {}, method, path, body } = one
  const algorithm = hawk.algorithm ?? 'sha256'
  const payload = hawk.tampered ? 'another body' : hawk.hash === 'empty' ? '' : body
  const hash = hawk.hash === 'none' ? '' : digest(algorithm, ['hawk.1.payload', 'application/json', payload])
  const ts = String(Math.floor(Date.now() / 1000) + (hawk.offset ?? 0))
  const nonce = randomBytes(6).toString('base64url')
  const signed = [
    ...['hawk.1.header', ts, nonce, hawk.method ?? method, hawk.path ?? path, host.name],
    ...[String(hawk.port ?? host.port), hash, hawk.ext ?? ''],
    ...(hawk.app === undefined ? [] : [hawk.app, hawk.dlg ?? '']),
  ]
  const mac = createHmac(algorithm, hawk.secret ?? SECRET)
    .update(`${signed.join('\n')}\n`)
    .digest('base64')
  const parts = { mac, hash, id: hawk.id ?? ID, ts, nonce, ext: hawk.ext, app: hawk.app, dlg: hawk.dlg }
  return `Hawk ${Object.entries(parts)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`
}

function digest(algorithm: string, lines: readonly (string | Buffer)[]): string {
  const hash = createHash(algorithm)
  for (const line of lines) hash.update(line).update('\n')
  return hash.digest('base64')
}

const MAC = /[A-Za-z0-9+/]{43}=/g

/** The header with the MAC that an error message gave away; the header itself where it gave none. */
export function forge(header: string, message: string): string {
  const own = /mac="([^"]+)"/.exec(header)?.[1] ?? ''
  const disclosed = (message.match(MAC) ?? []).find((mac) => mac !== own && !header.includes(mac))
  return disclosed === undefined ? header : header.replace(own, disclosed)
}
