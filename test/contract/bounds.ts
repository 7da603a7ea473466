import { expect, test } from 'vitest'
import { type Delivery, NO_PROGRESS, type Settlement } from '../../src/model/delivery.js'
import { createCompare } from '../../src/routing/drift.js'
import type { Store } from '../../src/store/contract.js'
import { alertDraft } from '../support/drafts.js'
import { type Bench, delivered, route } from './bench.js'
import { told } from './resync.js'

const EVERYTHING = { messages: [], reason: null, since: null }
const died: Settlement = { to: 'dead', status: 400, note: 'no' }
const failed = (attempt: number, notBefore: number): Settlement => ({
  to: 'queued',
  notBefore,
  spent: true,
  progress: { ...NO_PROGRESS, faults: attempt, firstFaultAt: 1, lastFaultAt: notBefore, unknowns: 1 },
  status: 500,
  note: 'status 500',
})

/** What one sender or one peer must not be able to do to all others. */
export function boundsContract(bench: Bench): void {
  const { open, claim, rowsOf } = bench
  const folding = () => open([route('mom1')], undefined, { fold: true })

  /** The alert is there; its repeats wait. */
  async function withRepeats(store: Store, texts: readonly string[], now = 10_000): Promise<void> {
    await store.append(alertDraft({ text: 'first' }))
    const [first] = await claim(store, 1, now)
    await store.settle(first as Delivery, delivered, now)
    await repeat(store, texts)
  }

  async function repeat(store: Store, texts: readonly string[]): Promise<void> {
    for (const text of texts) await store.append(alertDraft({ text, tags: [text], attributes: { [text]: text } }))
  }

  const bodyOf = (delivery: Delivery | undefined) => JSON.parse(String(delivery?.message.body))

  test('an alert of a peer that cannot be kept is left out, and all others are taken over', async () => {
    const store = await open()
    const deep = JSON.parse('['.repeat(1_200) + ']'.repeat(1_200))
    const alerts = [
      told({ resource: 'a' }),
      told({ resource: 'deep', attributes: { deep } }),
      { ...told({ resource: 'told so' }), tooDeep: true as const },
      told({ resource: 'b' }),
    ]
    expect(await store.resyncs.adopt('mom1', alerts, 5_000)).toMatchObject({ adopted: 2, unusable: 2 })
    expect(await store.alerts.get('p-b', [])).toMatchObject({ state: { resource: 'b' } })
    expect(await store.alerts.get('p-deep', []), 'nothing of it is left behind').toBeUndefined()
    const later = await store.resyncs.adopt('mom1', [told({ resource: 'deep' })], 6_000)
    expect(later).toMatchObject({ adopted: 1 })
  })

  test('an answer holds no more of a long history than its newest megabyte', async () => {
    await open(undefined, { rows: 10, bytes: 10_000_000 })
    // as an earlier version has written them: whole
    const rules = bench.options().rules
    const lengthy = (text: string) => ({ text, value: text.slice(0, 5) })
    await bench.crash()
    const whole = await bench.reopen({
      ...bench.options(),
      rules: {
        ...rules,
        apply: ((draft: { alert: { text: string } }, state: never) => {
          const applied = rules.apply(draft as never, state)
          return { ...applied, entry: applied.entry && { ...applied.entry, text: draft.alert.text } }
        }) as never,
      },
    })
    for (let i = 0; i < 6; i += 1) {
      await whole.append(alertDraft(lengthy(`${String(i).padStart(5)}${'x'.repeat(300_000)}`), { alertId: 'x' }))
    }
    const { history } = (await whole.alerts.get('x', [])) as { history: readonly { value: string }[] }
    expect(history.map(({ value }) => value.trim())).toEqual(['5', '4', '3'])
  })

  test('a peer that answers 500 to every repeat is not asked for ever: the tries of one that is folded are the next one’s', async () => {
    const store = await folding()
    await withRepeats(store, ['r0'])
    for (let i = 1; i <= 3; i += 1) {
      const [head] = await claim(store, 1, i * 20_000)
      expect([head?.attempt, head?.progress.faults, bodyOf(head).text]).toEqual([i, i - 1, `r${i - 1}`])
      await store.settle(head as Delivery, failed(i, (i + 1) * 20_000), i * 20_000)
      await repeat(store, [`r${i}`])
      expect(await claim(store, 1, i * 20_000 + 10_000), 'and not before its time').toEqual([])
    }
    const [fourth] = await claim(store, 1, 80_000)
    expect(fourth).toMatchObject({ attempt: 4, progress: { faults: 3, firstFaultAt: 1, unknowns: 0 } })
    expect(bodyOf(fourth)).toMatchObject({ text: 'r3', tags: expect.arrayContaining(['r0', 'r1', 'r2', 'r3']) })
    const tries = (await store.settled('mom1', 'folded', 10)).map(({ attempts }) => attempts)
    expect(tries, 'each with what it had until then').toEqual([3, 2, 1])
  })

  test('the tries of a folded repeat survive a restart', async () => {
    const store = await folding()
    await withRepeats(store, ['r0'])
    const [head] = await claim(store, 1, 20_000)
    await store.settle(head as Delivery, failed(1, 30_000), 20_000)
    await repeat(store, ['r1'])
    await claim(store, 1, 30_000)
    await bench.crash()
    const reopened = await bench.reopen()
    expect((await claim(reopened, 1, 40_000))[0]).toMatchObject({ attempt: 2, progress: { faults: 1 } })
  })

  test('a dead letter that is replayed brings what was folded into it', async () => {
    for (const how of ['died', 'expired'] as const) {
      const store = await folding()
      await withRepeats(store, ['r0', 'r1', 'r2'])
      const [head] = await claim(store)
      if (how === 'died') await store.settle(head as Delivery, died, 10_000)
      else {
        await store.settle(head as Delivery, failed(1, 10_000), 10_000)
        expect(await store.expire('mom1', { now: 100_000, maxAgeMs: 1_000, limit: 10 })).toBe(1)
      }
      expect((await store.settled('mom1', 'dead', 1))[0]).toMatchObject({ attempts: 1 })
      await store.letters.replay('mom1', EVERYTHING, true, 20_000)
      // it waits behind the same lane
      const [again] = await claim(store, 1, 20_000)
      const { text, tags, attributes } = bodyOf(again)
      expect([text, [...tags].sort(), Object.keys(attributes).sort()], how).toEqual([
        'r2',
        ['r0', 'r1', 'r2'],
        ['r0', 'r1', 'r2'],
      ])
      await bench.end()
    }
    await folding()
  })

  test('a thousand repeats with tags of their own leave no more than a thousand tags to the one that goes out', async () => {
    const store = await open([route('mom1')], { rows: 3_000, bytes: 10_000_000 }, { fold: true })
    await withRepeats(store, [])
    for (let i = 0; i < 60; i += 1) {
      const tags = Array.from({ length: 20 }, (_, n) => `t${i * 20 + n}`)
      await store.append(alertDraft({ tags, attributes: Object.fromEntries(tags.map((tag) => [tag, i])) }))
    }
    const [last] = await claim(store)
    const { tags, attributes } = bodyOf(last)
    expect([tags.length, Object.keys(attributes).length]).toEqual([1_020, 1_020])
    expect(tags).toContain('t1199')
    expect(tags).not.toContain('t0')
    await store.settle(last as Delivery, delivered, 20_000)
    expect(await rowsOf(store)).toBe(0)
  })

  test('what only a peer has is found, however many alerts of it are known here and between them', async () => {
    const store = await open([route('mom1'), route('mom2')])
    const many = Array.from({ length: 4_100 }, (_, i) => told({ resource: `over-${i}`, status: 'closed' }))
    await store.resyncs.told('mom2', many)
    await store.resyncs.told('mom1', [told({ resource: 'first' }), ...many, told({ resource: 'last' })])
    const judge = createCompare([route('mom1')])('mom1', { by: 'diff', since: null, match: [] })
    const comparing = { judge, read: true, readAt: 50_000, now: 50_000 }
    const found: string[] = []
    let looks = 0
    for (let page = await store.resyncs.compare('mom1', comparing); ; looks += 1) {
      found.push(...page.drifts.map(({ resource, difference }) => `${resource} ${difference}`))
      if (page.next === undefined) break
      page = await store.resyncs.compare('mom1', comparing, page.next)
    }
    expect(found).toEqual(['first missing here', 'last missing here'])
    expect(looks, 'in several looks, so that others have their turn').toBeGreaterThan(2)
  })
}
