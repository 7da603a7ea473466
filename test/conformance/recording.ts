import { readFileSync } from 'node:fs'

/** Requests to alerta-server 9.1.0 and its answers, recorded over real sockets; by topic, in the order they were sent. */
export const TOPICS = [
  'alert-post',
  'alert-action',
  'alert-update',
  'alert-delete',
  'alert-get',
  'heartbeat',
  'auth',
  'hawk-disclosure',
  'loop',
  'cors',
  'management',
] as const
export type Topic = (typeof TOPICS)[number]

export interface Recording {
  /** when: what lies near it was "now" to the server */
  readonly at: number
  /** writes that make what the server had */
  readonly before: readonly (readonly [method: string, path: string, body: object])[]
  readonly cases: readonly Case[]
}

export interface Case {
  readonly name: string
  readonly method: string
  readonly path: string
  /** as they were sent, in that order; without the Authorization of a Hawk request */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
  /** whether a body was sent, were it an empty one */
  readonly hasBody: boolean
  /** how it was signed, with the fault that the case is about */
  readonly hawk: HawkFault | undefined
  /** what the server had been told before: alerts by their fields, actions on the last of them, heartbeats */
  readonly before: readonly (string | Before | TimedAction | BeforeHeartbeat)[]
  /** so much time passed between that and the case, ms */
  readonly later: number
  readonly answer: Answer
  /** only part of the answer was kept: the rest of ours is not compared */
  readonly partial: boolean
}

/** An action that holds for some seconds. */
interface TimedAction {
  readonly action: string
  readonly timeout: number
}

/** The body of a POST /heartbeat. */
interface BeforeHeartbeat {
  readonly origin: string
}

/** Fields of an alert; those that are missing are the same for all. */
interface Before {
  readonly id: string
  readonly resource?: string
  readonly event?: string
  readonly severity?: string
  readonly correlate?: readonly string[]
  readonly tags?: readonly string[]
}

export interface Answer {
  readonly status: number
  /** lower case; of a recorded answer those that are compared */
  readonly headers: Readonly<Record<string, string>>
  /** JSON, or text */
  readonly body: unknown
  /** whether the destination got it; undefined where there was none */
  readonly forwarded?: boolean | undefined
}

export interface HawkFault {
  readonly id?: string
  readonly secret?: string
  /** the same header is sent twice */
  readonly again?: boolean
  /** the header of the case before, with whatever right MAC its answer told */
  readonly disclosed?: boolean
  /** signed for another body, path, port or method than what is sent */
  readonly tampered?: boolean
  readonly path?: string
  readonly port?: number
  readonly method?: string
  /** seconds that the sender's clock is wrong by */
  readonly offset?: number
  /** by default the body's */
  readonly hash?: 'none' | 'empty'
  readonly algorithm?: 'sha512'
  readonly ext?: string
  readonly app?: string
  readonly dlg?: string
}

interface Stored {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly headers?: Case['headers']
  readonly body?: string
  readonly base64?: string
  /** what FILLED stands for; # is the number of the piece */
  readonly filled?: { readonly piece: string; readonly times: number; readonly between: string }
  readonly hawk?: HawkFault
  readonly before?: Case['before']
  readonly later?: number
  readonly answer: {
    readonly status: number
    readonly headers?: Answer['headers']
    readonly body?: unknown
    readonly text?: string
    readonly forwarded?: boolean
    readonly partial?: boolean
  }
}

/** Most cases come with these, and only the others say theirs. */
const USUAL_HEADERS: Case['headers'] = [
  ['Authorization', 'Key admin-key-mom1'],
  ['Content-Type', 'application/json'],
]

export function readRecording(topic: Topic | 'cli'): Recording {
  const file = new URL(`../data/recorded-${topic}.json`, import.meta.url)
  const {
    recorded,
    before = [],
    cases,
  } = JSON.parse(readFileSync(file, 'utf8')) as {
    recorded: string
    before?: Recording['before']
    cases: Stored[]
  }
  return { at: Date.parse(recorded), before, cases: cases.map(toCase) }
}

function toCase(stored: Stored): Case {
  const { name, method, path, headers = USUAL_HEADERS, body, base64, hawk, before = [], later = 0 } = filledIn(stored)
  const { status, text, partial = false, forwarded, ...answer } = filledIn(stored).answer
  return {
    name,
    method,
    path,
    headers,
    body: base64 === undefined ? Buffer.from(body ?? '') : Buffer.from(base64, 'base64'),
    hasBody: body !== undefined || base64 !== undefined,
    hawk,
    before,
    later,
    answer: { status, headers: answer.headers ?? {}, body: answer.body ?? text, forwarded },
    partial,
  }
}

function filledIn(stored: Stored): Stored {
  if (stored.filled === undefined) return stored
  const { piece, times, between } = stored.filled
  const filling = Array.from({ length: times }, (_, i) => piece.replace('#', String(i))).join(between)
  const text = (JSON.stringify(stored.answer) as string).replaceAll('FILLED', filling)
  return {
    ...stored,
    body: stored.body?.replace('FILLED', filling) ?? '',
    answer: JSON.parse(text) as Stored['answer'],
  }
}
