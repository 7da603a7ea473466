import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { dead, replay } from '../../src/cli/letters.js'
import { relayThat } from './relay-that.js'

const WHOLE = '01a1ffb9-ea74-7f85-8407-f64a1b624fa9'

/** One dead letter; which messages were asked for in `asked`. */
const deadLetter = (asked: unknown[]) => async (response: ServerResponse, request: IncomingMessage) => {
  const { method, url = '' } = request
  const answer = (status: number, body: object) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (method === 'GET') {
    if (WHOLE.startsWith(url.split('/').at(-1) ?? '')) answer(200, { message: { message: WHOLE } })
    else answer(409, { message: 'the ids of several messages begin with 02' })
    return
  }
  asked.push(await json(request))
  const replayed = { asWas: 1, asNow: 0, covered: 0, more: false }
  answer(200, url.endsWith('/dead') ? { total: 1, reasons: [], letters: [] } : { replayed })
}

test('a dead letter can be named by the beginning of its id, as with show', async () => {
  const asked: unknown[] = []
  const { config, io, printed } = await relayThat(deadLetter(asked))
  expect(await replay('mom1', { config, message: ['01a1ffb9', WHOLE] }, io)).toBe(0)
  expect(printed.stdout).toBe('replayed to mom1: 1\n')
  const messages = [WHOLE, WHOLE]
  expect(asked).toEqual([{ messages }, { messages, asWas: false }])
})

test('where several begin so, none of them is replayed', async () => {
  const asked: unknown[] = []
  const { config, io, printed } = await relayThat(deadLetter(asked))
  expect(await replay('mom1', { config, message: ['02'] }, io)).toBe(1)
  expect(printed.stderr).toBe('replay: the ids of several messages begin with 02\n')
  expect(asked).toEqual([])
})

test('the newest dead letters stand with the status that was answered', async () => {
  const letter = { message: WHOLE, kind: 'alert', alert: 'a1', action: null, diedAt: '2026-11-21T17:20:37.690Z' }
  const letters = [
    { ...letter, httpStatus: 401, reason: 'told to misbehave' },
    { ...letter, httpStatus: null, reason: 'expired by max_age' },
  ]
  const { config, io, printed } = await relayThat(
    (response) => void response.end(JSON.stringify({ total: 2, reasons: [], letters })),
  )
  expect(await dead('mom1', { config }, io)).toBe(0)
  expect(printed.stdout).toMatch(/ {2}a1 {2}401 told to misbehave\n.* {2}a1 {2}expired by max_age\n$/)
})
