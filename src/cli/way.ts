import { readFileSync } from 'node:fs'
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { resolve } from 'node:path'
import { readVersion } from '../base/project.js'
import { databaseIn } from '../config/database-place.js'
import { isLoopback } from '../config/network.js'
import { formatProblem } from '../config/problem.js'
import { operatorSocketOf, socketProblem } from '../management/operator/socket.js'
import { CommandFailed } from './command-failed.js'

type Failure = Error & { readonly code?: string }

/** How a command reaches the running relay. */
export interface Way {
  open(method: string, path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): ClientRequest
  /** What it means that there was no answer. */
  explain(failure: Failure): string
  /** What an answer means that is not the operator API's own; undefined: it is. `said`: its message, where it has one. */
  strange(answer: IncomingMessage, said: string | undefined): string | undefined
}

/**
 * Over HTTP where ALERTA_RELAY_URL says where, with the key in ALERTA_RELAY_KEY or in the file that ALERTA_RELAY_KEY_FILE
 * names; else over the socket of the relay with this configuration. Throws CommandFailed.
 */
export const wayTo = (config: string, env: NodeJS.ProcessEnv): Way =>
  env.ALERTA_RELAY_URL ? overHttp(env.ALERTA_RELAY_URL, env) : overSocket(config, env)

function overSocket(config: string, env: NodeJS.ProcessEnv): Way {
  const loaded = databaseIn(config, env)
  if (!loaded.ok) {
    const problems = loaded.problems.map((problem) => `\n  ${formatProblem(problem)}`)
    throw new CommandFailed(`${config} cannot be used:${problems.join('')}`, 2)
  }
  const socketPath = operatorSocketOf(loaded.database_url.replace(/^sqlite:/, ''))
  // root by way of sudo is still somebody
  const name = env.SUDO_USER ?? env.USER ?? env.LOGNAME
  const who = name === undefined ? {} : { 'x-operator': name }
  return {
    open(method, path, headers, signal) {
      const problem = socketProblem(socketPath)
      if (problem !== undefined) throw new CommandFailed(`the relay has no operator socket: ${problem}`)
      return requestHttp({ socketPath, method, path, signal, headers: { ...who, ...headers } })
    },
    explain(failure) {
      switch (failure.code) {
        case 'ENOENT':
        case 'ECONNREFUSED':
          return `no relay runs with this configuration: nobody listens on ${resolve(socketPath)}`
        case 'EACCES':
          return `you may not open ${socketPath}: run this as the user that the relay runs as`
        default:
          return `the relay did not answer on ${socketPath}: ${failure.message}`
      }
    },
    strange: olderRelay,
  }
}

function overHttp(address: string, env: NodeJS.ProcessEnv): Way {
  const base = URL.canParse(address) ? new URL(address) : undefined
  if (base === undefined || !/^https?:$/.test(base.protocol) || base.username !== '') {
    throw new CommandFailed(`${address} is no URL of a relay: write for example https://relay.example.com`, 2)
  }
  const key = keyOf(env)
  const isPlain = base.protocol === 'http:' && !isLoopback(base.hostname)
  if (isPlain && key !== undefined && env.ALERTA_RELAY_INSECURE !== 'true') {
    throw new CommandFailed(`the key would go to ${base.host} in clear: use https, or --insecure if you mean it`, 2)
  }
  const root = `${base.pathname.replace(/\/+$/, '')}/operator`
  const credential = key === undefined ? {} : { 'x-api-key': key }
  const request = base.protocol === 'https:' ? requestHttps : requestHttp
  return {
    open: (method, path, headers, signal) =>
      request(new URL(root + path, base), { method, signal, headers: { ...credential, ...headers } }),
    explain: (failure) => noAnswer(failure, base),
    strange(answer, said) {
      const { statusCode = 0, headers } = answer
      if (headers['x-alerta-relay'] !== undefined) return olderRelay(answer, said)
      if (statusCode === 401 && key === undefined) {
        return `${base.host} wants a key: set ALERTA_RELAY_KEY, or give --key-file`
      }
      if (statusCode === 401 && said !== undefined) return `${base.host} does not take this key: ${said}`
      if (statusCode >= 300 && statusCode < 400) {
        return `${base.host} sends elsewhere (${statusCode}, ${headers.location ?? 'it does not say where'}): give the URL of the relay itself`
      }
      if (statusCode === 404 || said === undefined) {
        return `${base.host} answers (${statusCode}), but not as a relay does to operators: is ${base.href} the URL of an alerta-relay, is operators.http on there, is it as new as this command (${readVersion()})?`
      }
      return said
    },
  }
}

function keyOf(env: NodeJS.ProcessEnv): string | undefined {
  const { ALERTA_RELAY_KEY: key, ALERTA_RELAY_KEY_FILE: file } = env
  if (!file) return key || undefined
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new CommandFailed(`the key cannot be read: ${(cause as Error).message}`, 2, { cause })
  }
}

/** Of a relay that does not know what is asked of it. */
function olderRelay({ statusCode, headers }: IncomingMessage, said: string | undefined): string | undefined {
  if (statusCode !== 404 || said?.startsWith('nothing is here') !== true) return undefined
  const version = headers['x-alerta-relay'] ?? 'an older version'
  return `the relay (${String(version)}) does not know this command, which is of ${readVersion()}: run the same version of both`
}

const CERTIFICATE = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY/

function noAnswer({ code = '', message }: Failure, { host }: URL): string {
  if (code === 'ECONNREFUSED') return `nobody listens on ${host}`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name ${host} leads nowhere`
  if (CERTIFICATE.test(code)) {
    return `the certificate of ${host} cannot be trusted (${message}); NODE_EXTRA_CA_CERTS may name the file of your own authority`
  }
  return `the relay did not answer on ${host}: ${message}`
}
