import { beforeAll, describe, expect, test } from 'vitest'
import { type BatchedAnswer, LINK_PATH, LINK_TYPE } from '../../src/model/link.js'
import { exchange, type PlainRequest } from './plain-http.js'
import { type Answer, readRecording, type Topic } from './recording.js'
import { replay } from './replay.js'

const TOPICS: readonly Topic[] = ['alert-post', 'alert-action', 'alert-update', 'alert-delete', 'heartbeat', 'loop']

/** What a relay may send in a batch. */
const BATCHED = [
  /^POST (\/api)?\/(alert|heartbeat)$/,
  /^PUT (\/api)?\/alert\/[^?]*$/,
  /^DELETE (\/api)?\/alert\/[^?]*$/,
] as const
const isBatched = ({ method, path, body }: PlainRequest): boolean =>
  BATCHED.some((pattern) => pattern.test(`${method} ${path}`)) && body.length <= 64 * 1024

/** Of the whole; all others are the message's. */
const OF_THE_WHOLE = new Set(['host', 'authorization', 'x-api-key', 'content-length', 'expect'])

let batches = 0

/** The same request as the only message of a batch; its answer as if it had come by itself. */
async function inOne(port: number, request: PlainRequest): Promise<Answer> {
  if (!isBatched(request)) return exchange(port, request)
  batches += 1
  const { method, headers, body } = request
  const path = request.path.replace(/^\/api\//, '/')
  const requestId = `batch-${batches}`
  const told: Record<string, string> = { 'x-request-id': requestId }
  for (const [given, value] of headers) {
    const name = given.toLowerCase()
    if (!OF_THE_WHOLE.has(name)) told[name] = told[name] === undefined ? value : `${told[name]}, ${value}`
  }
  const head = { method, path, headers: told, bytes: body.length }
  const whole = Buffer.concat([Buffer.from(`${JSON.stringify([head])}\n`), body])
  const kept = headers.filter(
    ([name]) => OF_THE_WHOLE.has(name.toLowerCase()) && name.toLowerCase() !== 'content-length',
  )
  const outer = [...kept, ['Content-Type', LINK_TYPE], ['Content-Length', String(whole.length)]] as const
  const answer = await exchange(port, { method: 'POST', path: LINK_PATH, headers: outer, body: whole })
  const [only] = ((answer.body as { answers?: BatchedAnswer[] } | undefined)?.answers ?? []) as BatchedAnswer[]
  if (only === undefined) return answer
  // notes and heartbeats that follow are asked for by these ids
  const kind = /note$/.test(path) ? 'note' : path === '/heartbeat' ? 'heartbeat' : undefined
  const named = kind === undefined || only.body.id === undefined ? {} : { [kind]: { id: only.body.id } }
  return { status: only.status, headers: { 'x-request-id': requestId }, body: { ...only.body, ...named } }
}

/** What a relay acts upon; ids that the relay made up are not the same twice. */
function brief({ status, body }: Answer, given: string): unknown {
  const { status: said, id, message } = (body ?? {}) as Record<string, unknown>
  const known = typeof id === 'string' && given.includes(`"${id}"`)
  // the request as a whole needs a scope too, and that is missed first
  return { status, said, id: known ? id : typeof id, message: String(message).replace(/(scope: ).*/, '$1…') }
}

describe.each(TOPICS)('what a batch answers is what the single request answers: %s', (topic) => {
  const recording = readRecording(topic)
  let single: ReadonlyMap<string, Answer>
  let batched: ReadonlyMap<string, Answer>
  beforeAll(async () => {
    single = await replay(topic, recording)
    batches = 0
    batched = await replay(topic, recording, { through: inOne })
  }, 60_000)

  test('of all that was recorded', () => {
    expect(batches).toBeGreaterThan(recording.cases.length / 2)
    const shown = (answers: ReadonlyMap<string, Answer>) =>
      recording.cases.map((one) => [
        one.name,
        brief(answers.get(one.name) as Answer, `${one.body} ${JSON.stringify(one.before)}`),
        answers.get(one.name)?.forwarded,
      ])
    expect(shown(batched)).toEqual(shown(single))
  })
})
