import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Issued {
  readonly key: Buffer
  readonly cert: Buffer
}

/** A certificate authority for tests, made with openssl. */
export interface Authority {
  /** PEM file of its own certificate */
  readonly path: string
  /** `name` as "IP:127.0.0.1" or "DNS:a.example.com"; times as YYYYMMDDHHMMSSZ, by default now and a good while */
  issue(wanted: { readonly name: string; readonly from?: string; readonly to?: string }): Issued
  end(): void
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

export function createAuthority(): Authority {
  const dir = mkdtempSync(join(tmpdir(), 'authority-'))
  const file = (name: string) => join(dir, name)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore', cwd: dir })
  const [path, key] = [file('ca.pem'), file('ca.key')]
  openssl('req', '-x509', ...KEY, '-days', '3650', '-subj', '/CN=authority', '-keyout', key, '-out', path)
  writeFileSync(file('index.txt'), '')
  writeFileSync(
    file('ca.cnf'),
    `[ca]
default_ca = it
[it]
database = index.txt
new_certs_dir = .
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
`,
  )
  let issued = 0
  return {
    path,
    issue({ name, from = '20240101000000Z', to = '20890101000000Z' }) {
      issued += 1
      const [request, key, cert] = [`${issued}.csr`, `${issued}.key`, `${issued}.pem`].map(file) as [
        string,
        string,
        string,
      ]
      openssl('req', ...KEY, '-subj', '/CN=peer', '-addext', `subjectAltName=${name}`, '-keyout', key, '-out', request)
      const dates = ['-startdate', from, '-enddate', to]
      openssl(
        'ca',
        '-batch',
        '-config',
        'ca.cnf',
        '-cert',
        'ca.pem',
        '-keyfile',
        'ca.key',
        ...dates,
        '-in',
        request,
        '-out',
        cert,
      )
      return { key: readFileSync(key), cert: readFileSync(cert) }
    },
    end: () => rmSync(dir, { recursive: true }),
  }
}
