import { setByRelay } from './clock.js'

/** Where the relay is: beside this page, or where the page says, when it is hosted elsewhere. */
const named = document.querySelector<HTMLMetaElement>('meta[name="relay"]')?.content.trim() ?? ''
export const isElsewhere = named !== ''
const base = isElsewhere ? named.replace(/\/*$/, '/') : new URL('..', document.baseURI.replace(/[?#].*$/, '')).href

/** A refusal, or no answer at all (status 0). */
export class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** In memory of this page only: where it is hosted elsewhere no cookie reaches the relay. */
let credential: string | undefined
export function useCredential(authorization: string | undefined): void {
  credential = authorization
}

let whenSignedOut: () => void = () => {}
/** Called when the relay does not know us any more. */
export function onSignedOut(run: () => void): void {
  whenSignedOut = run
}

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly body?: object
  readonly signal?: AbortSignal | undefined
  readonly accept?: string
}

/** Sends a request to a path of the relay ("operator/queue"); the cookie goes with it only where it is the same origin. */
export async function request(path: string, { method = 'GET', body, signal, accept }: Asking = {}): Promise<Response> {
  const headers = {
    ...(isElsewhere ? {} : { 'X-Alerta-Console': '1' }),
    ...(credential === undefined ? {} : { Authorization: credential }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(accept === undefined ? {} : { Accept: accept }),
  }
  const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store', redirect: 'error' }
  if (body !== undefined) init.body = JSON.stringify(body)
  if (signal !== undefined) init.signal = signal
  let response: Response
  try {
    response = await fetch(base + path, init)
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Refusal(0, 'The relay does not answer')
  }
  setByRelay(response.headers.get('date'))
  if (response.ok) return response
  const refusal = new Refusal(response.status, await messageOf(response))
  if (response.status === 401 && path.startsWith('operator/')) whenSignedOut()
  throw refusal
}

/** Asks one of the operators' requests ("queue/mom1"). */
export async function ask<T>(path: string, asking?: Asking): Promise<T> {
  const response = await request(`operator/${path}`, asking)
  return (await response.json()) as T
}

async function messageOf(response: Response): Promise<string> {
  const text = await response.text()
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    if (typeof message === 'string') return message
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return `The relay answered ${response.status}`
}

/** "?a=1&b=2" of what is there. */
export function queryOf(wanted: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== undefined && value !== '') query.set(name, String(value))
  }
  return query.size === 0 ? '' : `?${query}`
}

/** A name as a part of a path. */
export const part = encodeURIComponent
