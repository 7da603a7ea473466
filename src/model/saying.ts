import { unreachable } from '../base/unreachable.js'
import type { Message } from './message.js'

/** In a list there is not more room, and its text can be had whole. */
const LONGEST = 160

/** What a message says, in a few words: "critical: disk is full", "ack: on it", "tags a, b". */
export function sayingOf({ kind, action, body, contentType }: Message): string {
  const told = kind === 'webhook' || body === null ? {} : membersOf(body)
  const text = textOf(told.text ?? told.note)
  const worded = (word: string): string => clipped(text === '' ? word : `${word}: ${text}`)
  switch (kind) {
    case 'alert':
      return worded([textOf(told.severity) || 'normal', textOf(told.status)].filter((word) => word !== '').join(', '))
    case 'action':
    case 'note':
      return worded(action ?? '')
    case 'status':
      return worded(textOf(told.status))
    case 'tag':
    case 'untag':
      return clipped(listOf(told.tags))
    case 'attributes':
      return clipped(listOf(Object.keys(Object(told.attributes))))
    case 'heartbeat':
    case 'delete':
      return ''
    case 'webhook':
      return contentType ?? ''
    default:
      return unreachable(kind)
  }
}

function membersOf(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body.toString())) as Record<string, unknown>
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const listOf = (values: unknown): string => (Array.isArray(values) ? values.map(String).join(', ') : '')
const clipped = (text: string): string => {
  const signs = [...text]
  return signs.length <= LONGEST ? text : `${signs.slice(0, LONGEST - 1).join('')}…`
}
