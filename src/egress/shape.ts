import type { Answer } from './exchange.js'

/** What an answer of Alerta's kind says: `{status: "ok", id?, message?}` or `{status: "error", message}`. */
export type Shape =
  | { readonly kind: 'ok'; readonly id: string | undefined; readonly message: string | undefined }
  | { readonly kind: 'error'; readonly message: string }
  /** another program answered: a proxy, a login page */
  | { readonly kind: 'wrong'; readonly why: string }
  | { readonly kind: 'broken off' }

/** Alerta's ids are UUIDs; a sender may choose others, but nothing endless, and nothing that means another path. */
const MAX_ID_LENGTH = 256
const NO_IDS = ['', '.', '..']

export const isUsableId = (id: string): boolean => !NO_IDS.includes(id) && id.length <= MAX_ID_LENGTH

export function readShape(answer: Answer): Shape {
  if (answer.oversized) return wrong('an answer that is far too long')
  if (answer.body === undefined) return { kind: 'broken off' }
  const parsed = parseObject(answer.body)
  if (parsed === undefined) return wrong(described(answer))
  const message = typeof parsed.message === 'string' ? parsed.message : undefined
  if (parsed.status === 'error') return { kind: 'error', message: message ?? 'no message' }
  if (parsed.status !== 'ok') return wrong('JSON without status "ok" or "error"')
  const id = typeof parsed.id === 'string' && isUsableId(parsed.id) ? parsed.id : undefined
  return { kind: 'ok', id, message }
}

export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    // not JSON is an answer too: the caller says whose
    return undefined
  }
}

const wrong = (why: string): Shape => ({ kind: 'wrong', why })

function described(answer: Answer): string {
  if (answer.body === '') return 'an empty body'
  return `no JSON object (${answer.headers['content-type'] ?? 'no content-type'})`
}
