import { expect, test } from 'vitest'
import type { Delivery } from '../../src/model/delivery.js'
import type { Store } from '../../src/store/contract.js'
import type { LetterSelection } from '../../src/store/dead-letters.js'
import { actionDraft, alertDraft, changeDraft, heartbeatDraft } from '../support/drafts.js'
import { type Bench, delivered } from './bench.js'

const ALL: LetterSelection = { messages: [], reason: null, since: null }
const said = ({ message }: Pick<Delivery, 'message'>): string => {
  const { text, action, status, tags } = JSON.parse(String(message.body))
  return message.kind === 'alert' ? `${text}/${status}` : (action ?? tags?.join() ?? message.kind)
}

/** Deliveries that were given up, and what operators do with them. */
export function deadLettersContract(bench: Bench): void {
  const { open, claim } = bench

  async function settleAll(store: Store, note?: string, now = 10_000): Promise<readonly string[]> {
    const got: string[] = []
    for (;;) {
      const deliveries = await claim(store, 10, now)
      if (deliveries.length === 0) return got
      for (const delivery of deliveries) {
        got.push(said(delivery))
        await store.settle(delivery, note === undefined ? delivered : { to: 'dead', status: 422, note }, now)
      }
    }
  }
  const replayAll = async (store: Store, selection = ALL, asWas = false) => {
    const { letters } = store
    const sum = { asWas: 0, asNow: 0, covered: 0 }
    for (let more = true; more; ) {
      const part = await letters.replay('mom1', selection, asWas, 20_000)
      for (const name of ['asWas', 'asNow', 'covered'] as const) sum[name] += part[name]
      more = part.more
    }
    return sum
  }

  test('dead letters that are replayed go out in the order in which they came, after a crash too', async () => {
    const store = await open()
    const texts = Array.from({ length: 450 }, (_, i) => `${i}`)
    for (const text of texts) await store.append(alertDraft({ resource: `r${Number(text) % 3}`, event: text, text }))
    await settleAll(store, 'no')
    expect(await replayAll(store)).toEqual({ asWas: 450, asNow: 0, covered: 0 })
    await bench.crash()
    const reopened = await bench.reopen()
    const got = (await settleAll(reopened)).map((one) => Number.parseInt(one, 10))
    for (const lane of [0, 1, 2]) {
      expect(got.filter((n) => n % 3 === lane)).toEqual(texts.map(Number).filter((n) => n % 3 === lane))
    }
    expect(await reopened.letters.list('mom1', ALL, 10)).toEqual([])
    expect((await reopened.settled('mom1', 'discarded', 1))[0]?.note).toMatch(
      /^replayed as [-0-9a-f]{36}; had died: no$/,
    )
  })

  test('a letter that is older news goes out as the alert is now, what its state does not tell as it was', async () => {
    const store = await open()
    await store.append(alertDraft({ severity: 'major', text: 'one' }, { alertId: 'x' }))
    await store.append(changeDraft('x', { kind: 'tag', tags: ['a'] }))
    await settleAll(store, 'no')
    await store.append(alertDraft({ severity: 'critical', text: 'two' }, { alertId: 'x' }))
    await store.append(actionDraft('x', 'ack'))
    await settleAll(store)
    expect(await replayAll(store)).toEqual({ asWas: 1, asNow: 1, covered: 1 })
    expect(await settleAll(store)).toEqual(['two/ack', 'a'])
  })

  test('as they were they go out whatever has come since', async () => {
    const store = await open()
    await store.append(alertDraft({ severity: 'major', text: 'one' }, { alertId: 'x' }))
    await settleAll(store, 'no')
    await store.append(alertDraft({ severity: 'critical', text: 'two' }, { alertId: 'x' }))
    await settleAll(store)
    expect(await replayAll(store, ALL, true)).toEqual({ asWas: 1, asNow: 0, covered: 0 })
    expect(await settleAll(store)).toEqual(['one/open'])
  })

  test('they are chosen by id, reason and time, and heartbeats are left where they are', async () => {
    const store = await open()
    await store.append(alertDraft({ resource: 'a', text: 'a' }))
    await settleAll(store, 'refused: Too Long', 10_000)
    await store.append(alertDraft({ resource: 'b', text: 'b' }))
    await settleAll(store, 'refused: too old', 30_000)
    await store.append(heartbeatDraft('o'))
    await settleAll(store, 'refused: too old', 40_000)
    const chosen = async (selection: Partial<LetterSelection>) =>
      (await store.letters.list('mom1', { ...ALL, ...selection }, 10)).map((one) => one.message.kind + said(one))
    expect(await chosen({ reason: 'too LONG' })).toEqual(['alerta/open'])
    expect(await chosen({ since: 20_000 })).toEqual(['heartbeatheartbeat', 'alertb/open'])
    const [, letter] = await store.letters.list('mom1', ALL, 2)
    expect(await chosen({ messages: [letter?.message.messageId ?? ''] })).toEqual(['alertb/open'])
    expect(await store.letters.byReason('mom1', ALL)).toEqual([
      { reason: 'refused: too old', count: 2, firstAt: 30_000, lastAt: 40_000 },
      { reason: 'refused: Too Long', count: 1, firstAt: 10_000, lastAt: 10_000 },
    ])
    expect(await replayAll(store, { ...ALL, since: 20_000 })).toEqual({ asWas: 1, asNow: 0, covered: 0 })
    expect(await chosen({})).toEqual(['heartbeatheartbeat', 'alerta/open'])
  })

  test('what is discarded is over, and says so', async () => {
    const store = await open()
    await store.append(alertDraft({ resource: 'a' }))
    await settleAll(store, 'no')
    expect(await store.letters.discard('mom1', ALL, 'known')).toBe(1)
    expect(await store.letters.discard('mom1', ALL, 'known')).toBe(0)
    expect((await store.settled('mom1', 'discarded', 1))[0]?.note).toBe('known; had died: no')
  })
}
