import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { DestinationConfig } from '../config/destination.js'

type Files = Pick<DestinationConfig, 'ca' | 'client_cert' | 'client_key'>

/** A certificate file of a destination cannot be used: the relay cannot start with it. */
export class CertificateError extends Error {
  readonly code = 'certificate_unreadable'
  readonly hint: string
  /** the destination's key that names the file */
  readonly at: keyof Files
  constructor(message: string, at: keyof Files, options?: ErrorOptions) {
    super(message, options)
    this.at = at
    this.hint = HINTS[at]
  }
}

/** PEM. */
export interface Certificates {
  /** undefined: the system's authorities */
  readonly ca: Buffer | undefined
  /** what we show of ourselves, with its chain; undefined: nothing */
  readonly cert: Buffer | undefined
  readonly key: Buffer | undefined
}

const HINTS = {
  ca: 'set "ca" to a readable PEM file with the authority that signed the destination\'s certificate',
  client_cert: 'set "client_cert" to a readable PEM file with the certificate that the destination wants to see',
  client_key: 'set "client_key" to a readable PEM file with the private key of client_cert, without a passphrase',
} as const

/** Reads a destination's certificate files. Throws CertificateError. */
export function readCertificates(files: Files): Certificates {
  const read = (key: keyof Files): Buffer | undefined => {
    const path = files[key]
    if (path === undefined) return undefined
    try {
      return readFileSync(path)
    } catch (cause) {
      throw new CertificateError(`cannot read ${path}`, key, { cause })
    }
  }
  const certificates = { ca: read('ca'), cert: read('client_cert'), key: read('client_key') }
  const { cert, key } = certificates
  if (cert === undefined || key === undefined) return certificates
  try {
    createSecureContext({ cert, key })
  } catch (cause) {
    throw new CertificateError(`${files.client_cert} and ${files.client_key} are no pair`, 'client_key', { cause })
  }
  return certificates
}

/** Another text where a file has other contents; of files that cannot be read '' . */
export function fingerprint(files: Files): string {
  try {
    const hash = createHash('sha256')
    for (const [name, content] of Object.entries(readCertificates(files))) hash.update(`${name}:`).update(content ?? '')
    return hash.digest('hex')
  } catch (error) {
    if (error instanceof CertificateError) return ''
    throw error
  }
}
