import { describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../../src/store/contract.js'
import { ALERT, eventually, startIngress } from './server.js'

const NONE = { Authorization: '' }

describe('what cannot be taken now is to be sent again', () => {
  test('a full queue is named', async () => {
    const { send, results } = await startIngress()
    results.push({ kind: 'refused', destination: 'mom1', limit: 'rows' })
    const answer = await send('/alert', { body: ALERT })
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '30' } })
    expect(answer.json.message).toBe('The queue of mom1 is full (rows)')
  })

  test('a store that cannot write', async () => {
    const { send, results, lines } = await startIngress()
    results.push(new StoreUnavailable('disk I/O error'))
    const answer = await send('/alert', { body: ALERT })
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' }, json: { status: 'error', code: 503 } })
    expect(answer.text).not.toContain('I/O')
    expect(lines.find((line) => line.level === 'error')).toMatchObject({ text: 'store unavailable' })
  })

  test('a disk that is nearly full', async () => {
    const { send, drafts } = await startIngress({}, { room: () => 'disk low' })
    expect(await send('/alert', { body: ALERT })).toMatchObject({ status: 503, headers: { 'retry-after': '30' } })
    expect(drafts).toEqual([])
  })

  test('a bug says nothing to the sender and everything to the log', async () => {
    const { send, results, lines } = await startIngress()
    results.push(new Error('secret detail'))
    const answer = await send('/alert', { body: ALERT })
    expect(answer).toMatchObject({ status: 500, json: { status: 'error', message: 'An internal error has occurred' } })
    expect(answer.json.requestId).toBe(answer.headers['x-request-id'])
    expect(lines.find((line) => line.level === 'error')?.fields).toMatchObject({
      request: answer.json.requestId,
      err: { message: 'secret detail', stack: expect.stringMatching(/trouble.test.ts/) },
    })
  })

  test('a message waits its turn before it is stored', async () => {
    const order: string[] = []
    let open = (): void => undefined
    const turn = new Promise<void>((resolve) => (open = resolve))
    const { send } = await startIngress(
      {},
      {
        admit: () => {
          order.push('waits')
          return turn.then(() => void order.push('goes'))
        },
        append: async () => {
          order.push('stored')
          return { kind: 'accepted', queued: [], skipped: 0, full: [], current: undefined }
        },
      },
    )
    const answer = send('/alert', { body: ALERT })
    await eventually(() => order).toEqual(['waits'])
    open()
    expect((await answer).status).toBe(201)
    expect(order).toEqual(['waits', 'goes', 'stored'])
  })
})

describe('the log', () => {
  test('has one line for an accepted message, without body and query', async () => {
    const { send, lines } = await startIngress()
    const hops = { 'X-Alerta-Loop': 'http://a:1,http://b:2' }
    const answer = await send('/alert?api-key=admin-key', {
      headers: { ...NONE, ...hops, 'X-Request-ID': 'req-1' },
      body: { ...ALERT, id: 'a1', text: 'private words' },
    })
    expect(answer.headers['x-request-id']).toBe('req-1')
    expect(lines).toEqual([
      {
        level: 'info',
        text: 'message accepted',
        fields: {
          message: expect.stringMatching(/^[0-9a-f-]{36}$/),
          kind: 'alert',
          alert: 'a1',
          credential: 'key admin',
          sender: '127.0.0.1',
          hops: ['http://a:1', 'http://b:2'],
          request: 'req-1',
          queued: ['mom1', 'mom2'],
          skipped: 1,
          ms: expect.any(Number),
        },
      },
    ])
    expect(JSON.stringify(lines)).not.toMatch(/private words|admin-key/)
  })

  test('names the sender that a trusted proxy names', async () => {
    const { send, lines, drafts } = await startIngress({ use_proxyfix: true })
    await send('/alert', { headers: { 'X-Forwarded-For': '10.1.2.3' }, body: ALERT })
    expect(lines[0]?.fields).toMatchObject({ sender: '10.1.2.3' })
    expect(drafts[0]?.sender).toBe('10.1.2.3')
  })
})
