import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'
import { conflict } from './errors.js'
import type { Routes } from './routes.js'

/** A message that an operator sends, and what became of it on its way in (ingress/send-own.ts). */
type Message =
  | { readonly kind: 'alert'; readonly body: object }
  | { readonly kind: 'action'; readonly alertId: string; readonly body: object }
type Sent =
  | { readonly kind: 'refused'; readonly status: number; readonly why: string }
  | { readonly kind: 'kept back'; readonly why: string }
  | { readonly kind: 'taken'; readonly messageId: string; readonly alertId: string; readonly queued: readonly string[] }

export interface SendDeps {
  readonly send: (message: Message, credential: string) => Promise<Sent>
}

/** By which everybody sees that it is no real one. */
const TEST_TAG = 'alerta-relay-test'

const alertSchema = z.looseObject({ tags: z.array(z.string()).default([]) })
const bodySchema = z.union([
  z.strictObject({ alert: alertSchema }),
  z.strictObject({
    action: z.strictObject({
      id: z.string().min(1),
      action: z.string().min(1),
      text: z.string().optional(),
      timeout: z.int().min(0).optional(),
    }),
  }),
])

/** Test messages, to see where they go. */
export function serveSend({ change }: Routes, { send }: SendDeps): void {
  change(
    {
      ...{ method: 'post', path: '/send', command: 'send', body: bodySchema, code: 201 },
      summary:
        'Sends a test alert, or an action on an alert, through the relay as a sender would; an alert is tagged as a test.',
      answer: { message: z.string(), alert: z.string(), queued: z.array(z.string()) },
      recorded: ({ body }) => ('alert' in body ? namesOf(body.alert) : body.action),
      refusals: { 409: 'the relay takes no such alert, or keeps it back' },
    },
    async ({ body, operator, note }) => {
      const sent = answerOfSent(await send(messageOf(body), operator.name))
      note({ message: sent.message, queued: sent.queued })
      return sent
    },
  )
}

/** Throws where it was not taken. */
export function answerOfSent(sent: Sent) {
  if (sent.kind === 'kept back') throw conflict(`it went nowhere: ${sent.why}`)
  if (sent.kind === 'refused') {
    const { status, why } = sent
    throw status === 400 || status === 503 ? new HTTPException(status, { message: why }) : conflict(why)
  }
  const { messageId: message, alertId: alert, queued } = sent
  return { message, alert, queued }
}

/** Of an alert that may be long. */
const namesOf = ({ environment, resource, event, severity }: Readonly<Record<string, unknown>>) => ({
  ...{ environment, resource, event, severity },
})

function messageOf(body: z.output<typeof bodySchema>): Message {
  if ('action' in body) {
    const { id: alertId, ...action } = body.action
    return { kind: 'action', alertId, body: action }
  }
  const tags = body.alert.tags.includes(TEST_TAG) ? body.alert.tags : [...body.alert.tags, TEST_TAG]
  return { kind: 'alert', body: { ...body.alert, tags } }
}
