import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Draft } from '../../src/model/message.js'
import { route } from '../contract/bench.js'
import { actionDraft, alertDraft, deleteDraft } from '../support/drafts.js'
import { PATIENCE_MS, runs } from '../support/search.js'
import { createReference } from './reference.js'
import { createWorld, type Execution, MODES, type Mode, type World } from './world.js'

const ROUTES = [
  route('all'),
  route('critical', { match: [{ field: 'severity', patterns: ['critical'] }] }),
  route('actions', { forward: ['actions'] }),
]
const NAMES = ROUTES.map(({ name }) => name)

type Command =
  | { readonly do: 'alert'; readonly id: string; readonly severity: string }
  | { readonly do: 'action'; readonly id: string; readonly action: string }
  | { readonly do: 'delete'; readonly id: string }
  | { readonly do: 'behave'; readonly at: string; readonly mode: Mode }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'crash' }

const id = fc.constantFrom('a', 'b', 'c')
const SEVERITIES = ['critical', 'minor', 'normal']

const sending: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constant('alert' as const), id, severity: fc.constantFrom(...SEVERITIES) }),
  fc.record({ do: fc.constant('action' as const), id, action: fc.constantFrom('ack', 'close', 'open', 'createIssue') }),
  fc.record({ do: fc.constant('delete' as const), id }),
)
const happening: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constant('behave' as const), at: fc.constantFrom(...NAMES), mode: fc.constantFrom(...MODES) }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(50, 200, 1_000) }),
  fc.record({ do: fc.constant('crash' as const) }),
)
const commands = fc.array(fc.oneof({ weight: 3, arbitrary: sending }, { weight: 2, arbitrary: happening }), {
  minLength: 1,
  maxLength: 40,
  size: 'max',
})

/** More than any backoff, pause or probe in the world takes. */
const RECOVERY_MS = 20_000

interface Sent {
  readonly messageId: string
  readonly destinations: readonly string[]
  /** the alert, and its severity, or what is done to it */
  readonly says: string
}

const draftOf = (command: Command & { do: 'alert' | 'action' | 'delete' }, now: number): Draft => {
  const extra = { acceptedAt: now }
  if (command.do === 'alert') {
    // one alert per resource; an id of its own, so that actions can name it
    return alertDraft({ resource: command.id, severity: command.severity }, { ...extra, alertId: command.id })
  }
  return command.do === 'action' ? actionDraft(command.id, command.action, extra) : deleteDraft(command.id, extra)
}

const saidBy = (command: Command & { do: 'alert' | 'action' | 'delete' }): string => {
  if (command.do === 'alert') return command.severity
  return command.do === 'action' ? command.action : 'delete'
}

async function play(world: World, list: readonly Command[]): Promise<readonly Sent[]> {
  const reference = createReference()
  const sent: Sent[] = []
  for (const command of list) {
    if (command.do === 'behave') world.behave(command.at, command.mode)
    else if (command.do === 'pass') await world.pass(command.ms)
    else if (command.do === 'crash') await world.crash()
    else {
      const draft = draftOf(command, Date.now()) as Extract<Draft, { kind: 'alert' | 'action' | 'delete' }>
      const appended = await world.send(draft)
      const destinations = reference(draft)
      expect(appended.kind, `what becomes of ${JSON.stringify(command)}`).toBe(
        destinations === 'gone' ? 'gone' : 'accepted',
      )
      if (destinations === 'gone') continue
      const says = `${command.id} ${saidBy(command)}`
      sent.push({ messageId: draft.messageId, destinations: [...destinations].sort(), says })
      expect(
        appended.kind === 'accepted' && [...appended.queued].sort(),
        `where ${JSON.stringify(command)} goes`,
      ).toEqual(sent.at(-1)?.destinations)
    }
  }
  for (const name of NAMES) world.behave(name, 'ok')
  await world.pass(RECOVERY_MS)
  return sent
}

test(
  'whatever peers do and whenever the relay dies: all arrive or die visibly, in order, doubled only where unanswered',
  async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (list) => {
        const world = await createWorld(ROUTES)
        try {
          const sent = await play(world, list)
          const crashed = list.some((command) => command.do === 'crash')
          for (const name of NAMES) {
            const meant = sent.filter(({ destinations }) => destinations.includes(name))
            const wanted = meant.map((one) => one.messageId)
            await everythingEnded(world, name, wanted)
            await foldedIntoLaterRepeats(world, name, meant)
            inOrder(world.executed(name), wanted)
            doubledOnlyUnanswered(world.executed(name), crashed)
          }
        } finally {
          await world.end()
        }
      }),
      { numRuns: runs(60) },
    )
  },
  PATIENCE_MS,
)

async function everythingEnded(world: World, name: string, wanted: readonly string[]): Promise<void> {
  const status = (await world.store().status()).find(({ destination }) => destination === name)
  expect(status?.rows, `still queued at ${name}`).toBe(0)
  const dead = (await world.store().settled(name, 'dead', 1_000)).map(({ message }) => message.messageId as string)
  const folded = (await world.store().settled(name, 'folded', 1_000)).map(({ message }) => message.messageId as string)
  const arrived = new Set(world.executed(name).map(({ messageId }) => messageId))
  expect(
    wanted.filter((one) => !arrived.has(one) && !dead.includes(one) && !folded.includes(one)),
    `lost on the way to ${name}`,
  ).toEqual([])
  expect(
    [...arrived].filter((one) => !wanted.includes(one)),
    `${name} got what it should not have`,
  ).toEqual([])
}

function inOrder(executed: readonly Execution[], wanted: readonly string[]): void {
  const last = new Map<number, number>()
  for (const { lane, messageId } of executed) {
    const place = wanted.indexOf(messageId)
    expect(place, 'overtaken in its lane').toBeGreaterThanOrEqual(last.get(lane) ?? -1)
    last.set(lane, place)
  }
}

function doubledOnlyUnanswered(executed: readonly Execution[], crashed: boolean): void {
  const answered = new Set<string>()
  for (const one of executed) {
    // an answer that came while the relay died was never settled: rescued, it counts as unknown
    expect(answered.has(one.messageId) && !crashed, 'sent again after a good answer').toBe(false)
    if (one.answered) answered.add(one.messageId)
  }
}

/** What was not sent because a repeat goes out instead: the next message about the alert says the same again. */
async function foldedIntoLaterRepeats(world: World, name: string, meant: readonly Sent[]): Promise<void> {
  for (const { message } of await world.store().settled(name, 'folded', 1_000)) {
    const place = meant.findIndex(({ messageId }) => messageId === message.messageId)
    const [alert, severity] = meant[place]?.says.split(' ') ?? []
    const saidIn = (some: readonly Sent[]) =>
      some.map(({ says }) => says.split(' ')).flatMap(([of, what]) => (of === alert && what ? [what] : []))
    expect(saidIn(meant.slice(place + 1))[0], 'folded into something else').toBe(severity)
    const before = saidIn(meant.slice(0, place))
    const received = before.findLastIndex((what) => SEVERITIES.includes(what))
    expect(before.slice(Math.max(received, 0)), 'folded into what came before a delete').not.toContain('delete')
    // what these make of the severity, also when they came before the alert, is asked in test/ledger/folding.test.ts
    if (before.some((what) => what === 'close' || what === 'open')) continue
    expect(before[received], 'a change was folded').toBe(severity)
  }
}
