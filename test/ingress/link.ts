import { gzipSync } from 'node:zlib'
import { type BatchedAnswer, LINK_PATH, LINK_TYPE } from '../../src/model/link.js'
import { ADMIN, type Answered, JSON_TYPE, type startIngress } from './server.js'

/** A message as it would be sent by itself. */
export interface One {
  readonly method?: 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object | string
}

type Ingress = Pick<Awaited<ReturnType<typeof startIngress>>, 'send'>

const bytesOf = ({ body }: One): Buffer | null =>
  body === undefined ? null : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))

const typed = ({ headers = {}, body }: One): Record<string, string> => ({
  ...(body === undefined ? {} : { 'content-type': JSON_TYPE['Content-Type'] }),
  ...headers,
})

/** The body of a batch, written by what the page says of it. */
export function batchOf(messages: readonly One[]): Buffer {
  const heads = messages.map((one) => ({
    method: one.method ?? 'POST',
    path: one.path,
    headers: typed(one),
    bytes: bytesOf(one)?.length ?? null,
  }))
  return Buffer.concat([Buffer.from(`${JSON.stringify(heads)}\n`), ...messages.flatMap((one) => bytesOf(one) ?? [])])
}

export const LINKED = { ...ADMIN, 'Content-Type': LINK_TYPE }

export const sendRaw = ({ send }: Ingress, body: Buffer, headers: Record<string, string> = {}): Promise<Answered> =>
  send(LINK_PATH, { body, headers: { ...LINKED, ...headers } })

export async function sendBatch(
  ingress: Ingress,
  messages: readonly One[],
  headers: Record<string, string> = {},
): Promise<readonly BatchedAnswer[]> {
  const packed = gzipSync(batchOf(messages))
  const answer = await sendRaw(ingress, packed, { 'Content-Encoding': 'gzip', ...headers })
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`)
  return answer.json.answers as readonly BatchedAnswer[]
}

/** The same message by itself. */
export function sendAlone({ send }: Ingress, one: One, headers: Record<string, string> = {}): Promise<Answered> {
  const { 'content-type': type, ...rest } = typed(one)
  return send(one.path, {
    method: one.method ?? 'POST',
    headers: { ...ADMIN, ...headers, ...rest, ...(type === undefined ? {} : { 'Content-Type': type }) },
    ...(one.body === undefined ? {} : { body: bytesOf(one) as Buffer }),
  })
}
