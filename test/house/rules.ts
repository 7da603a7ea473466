import * as bans from './bans.js'
import { hiddenEngine, knownRooms, layers } from './layers.js'
import { noBarrels, noDefaultExports, tellingNames } from './naming.js'
import { shortFiles } from './size.js'
import type { Rule } from './source.js'

interface Sample {
  readonly rule: Rule
  /** made-up files that break it: path, text */
  readonly bad: readonly (readonly [string, string])[]
  /** made-up files that look alike and are right */
  readonly good: readonly (readonly [string, string])[]
}

/** The rules of the house; each comes with made-up files that show that it can fail, and where it must not. */
export const RULES: readonly Sample[] = [
  {
    rule: knownRooms,
    bad: [
      ['src/queue/lane.ts', ''],
      ['src/app.ts', ''],
      ['src/main/parts.ts', ''],
    ],
    good: [
      ['src/relay/start.ts', ''],
      ['src/sink/print.ts', ''],
      ['src/main.ts', ''],
      ['test/queue/lane.test.ts', ''],
    ],
  },
  {
    rule: layers,
    bad: [
      ['src/base/clock.ts', "import type { Lane } from '../model/order.js'"],
      ['src/delivery/lane.ts', "import { accept } from '../ingress/accept.js'"],
      ['src/routing/decide.ts', "const store = await import('../store/contract.js')"],
      ['src/store/contract.ts', "export type Config = import('../relay.js').Relay"],
      ['src/relay.ts', "export { run } from './cli/run.js'"],
      ['src/cli/serve.ts', "import { world } from '../../test/world.js'"],
      ['src/console/app/pages/map.tsx', "import { troubleOf } from '../../../management/trouble.js'"],
      ['src/console/app/pages/map.tsx', "import type { Relay } from '../../../relay.js'"],
      ['src/console/serve.ts', "import { App } from './app/app.js'"],
      ['src/console/serve.ts', "import type { Overview } from '../management/overview.js'"],
    ],
    good: [
      [
        'src/console/app/pages/map.tsx',
        "import type { Shown } from '../../../management/shown.js'\nimport { go } from '../router.js'",
      ],
      ['src/delivery/lane.ts', "import { claim } from './claim.js'\nimport type { Store } from '../store/contract.js'"],
      ['src/cli/serve.ts', "import { build } from '../relay.js'\nimport { Hono } from 'hono'"],
      ['src/main.ts', "import { run } from './cli/run.js'"],
      ['src/base/clock.ts', "// import { Lane } from '../model/order.js'\nconst text = \"import '../relay.js'\""],
      ['test/delivery/lane.test.ts', "import { accept } from '../../src/ingress/accept.js'"],
    ],
  },
  {
    rule: hiddenEngine,
    bad: [
      ['src/delivery/lane.ts', "import { openSqlite } from '../store/sqlite/open.js'"],
      ['src/store/contract.ts', "import { openSqlite } from './sqlite/open.js'"],
      ['src/store/postgres/open.ts', "import { rows } from '../sqlite/rows.js'"],
      ['src/management/status.ts', "import Database from 'better-sqlite3'"],
    ],
    good: [
      ['src/relay.ts', "import { openSqlite } from './store/sqlite/open.js'"],
      ['src/store/sqlite/open.ts', "import Database from 'better-sqlite3'\nimport { rows } from './rows.js'"],
      ['src/delivery/lane.ts', "import type { Store } from '../store/contract.js'"],
    ],
  },
  {
    rule: tellingNames,
    bad: [
      ['src/base/utils.ts', ''],
      ['src/ingress/alert-handler.ts', ''],
      ['src/helpers/text.ts', ''],
      ['src/model/hopList.ts', ''],
      ['test/support/Common.test.ts', ''],
    ],
    good: [
      ['src/model/alert.ts', ''],
      ['src/auth/hawk.d.ts', ''],
      ['test/delivery/lane-order.test.ts', ''],
    ],
  },
  {
    rule: noDefaultExports,
    bad: [
      ['src/base/a.ts', 'export default 1'],
      ['src/base/a.ts', 'export default function run() {}'],
      ['src/base/a.ts', 'const x = 1\nexport { x as default }'],
    ],
    good: [
      ['src/base/a.ts', 'export function run(x: number) { switch (x) { default: return 1 } }'],
      ['src/auth/hawk.d.ts', "declare module 'hawk' { const Hawk: object\n export default Hawk }"],
    ],
  },
  {
    rule: noBarrels,
    bad: [
      ['src/model/index.ts', "export { Alert } from './alert.js'\nexport type { Hop } from './hops.js'"],
      ['src/model/all.ts', "export const x = 1\nexport * from './alert.js'"],
    ],
    good: [
      ['src/model/a.ts', "export { Alert } from './alert.js'\nexport const x = 1"],
      ['src/model/b.ts', "import { Alert } from './alert.js'\nconst x = 1\nexport { x, Alert }"],
    ],
  },
  {
    rule: shortFiles,
    bad: [['src/base/a.ts', 'x\n'.repeat(301)]],
    good: [['src/base/a.ts', 'x\n'.repeat(300)]],
  },
  {
    rule: bans.noExit,
    bad: [['src/delivery/a.ts', 'if (bad) process.exit(1)']],
    good: [
      ['src/cli/a.ts', 'process.exit(1)'],
      ['src/delivery/a.ts', "process.exitCode = 1 // not process.exit(1)\nconst hint = 'process.exit'"],
    ],
  },
  {
    rule: bans.noConsole,
    bad: [
      ['src/delivery/a.ts', "console.error('no')"],
      ['src/console/app/a.tsx', "console.log('no')"],
    ],
    good: [
      ['src/sink/a.ts', "console.log('got one')"],
      ['src/delivery/a.ts', "log.info({ console: 1 }, 'console.log')"],
    ],
  },
  {
    rule: bans.noOwnTime,
    bad: [
      ['src/delivery/a.ts', 'const at = Date.now()'],
      ['src/delivery/a.ts', 'const clock = { now: Date.now }'],
      ['src/delivery/a.ts', 'const from = performance.now()'],
      ['src/delivery/a.ts', 'const timer = setTimeout(done, 10)'],
      ['src/delivery/a.ts', 'setInterval(done, 10)'],
      ['src/delivery/a.ts', 'const at = new Date()'],
      ['src/console/app/pages/a.tsx', 'const Time = () => <b>{Date.now()}</b>'],
    ],
    good: [
      ['src/console/app/clock.ts', 'const at = Date.now()'],
      ['src/base/clock.ts', 'const at = Date.now()'],
      ['src/delivery/a.ts', 'const at = clock.now()\nconst text = new Date(at)\nconst o = { setTimeout: 5 }'],
    ],
  },
  {
    rule: bans.noTimerImports,
    bad: [['test/delivery/a.test.ts', "import { setTimeout as sleep } from 'node:timers/promises'"]],
    good: [['src/delivery/a.ts', "import { createHash } from 'node:crypto'"]],
  },
  {
    rule: bans.noOwnChance,
    bad: [
      ['src/delivery/a.ts', 'const jitter = Math.random()'],
      ['src/delivery/a.ts', 'const id = crypto.randomUUID()'],
      ['src/delivery/a.ts', "import { randomUUID } from 'node:crypto'"],
    ],
    good: [['src/delivery/a.ts', 'const jitter = random() * Math.round(2.5)']],
  },
  {
    rule: bans.noSleeps,
    bad: [['test/delivery/a.test.ts', 'await new Promise((done) => setTimeout(done, 50))']],
    good: [['test/delivery/a.test.ts', 'await clock.until(5)']],
  },
  {
    rule: bans.noLeftOutTests,
    bad: [
      ['test/a.test.ts', "test.only('x', () => {})"],
      ['test/a.test.ts', "describe.skip('x', () => {})"],
      ['test/a.test.ts', "test.concurrent.skip('x', () => {})"],
      ['test/a.test.ts', "it.each([1]).only('x', () => {})"],
      ['test/a.test.ts', "test.skipIf(true)('x', () => {})"],
    ],
    good: [['test/a.test.ts', "test('only one is skipped', () => { expect(decision.skip).toEqual([]) })"]],
  },
  {
    rule: bans.noMocks,
    bad: [
      ['test/a.test.ts', "vi.mock('../src/relay.js')"],
      ['test/a.test.ts', 'const log = vi.fn()'],
      ['test/a.test.ts', 'expect(log).toMatchInlineSnapshot()'],
    ],
    good: [['test/a.test.ts', 'await vi.waitFor(() => expect(seen).toHaveLength(1))']],
  },
  {
    rule: bans.noAny,
    bad: [
      ['src/base/a.ts', 'export const x: any = 1'],
      ['test/a.test.ts', 'const body = (await answer.json()) as any'],
    ],
    good: [['src/base/a.ts', "export const any = 'any' // any"]],
  },
  {
    rule: bans.noSwallowedErrors,
    bad: [
      ['src/base/a.ts', 'try { go() } catch {}'],
      ['src/base/a.ts', 'try { go() } catch { /* never mind */ }'],
      ['src/base/a.ts', 'await go().catch(() => {})'],
      ['src/base/a.ts', 'await go().catch(() => undefined)'],
    ],
    good: [
      ['src/base/a.ts', 'try { go() } catch (cause) { throw new Error("x", { cause }) }\nawait go().catch(report)'],
    ],
  },
  {
    rule: bans.noSqlOutside,
    bad: [
      ['src/management/a.ts', 'const q = `select * from messages where seq = ${seq}`'],
      ['src/store/a.ts', "run('DELETE FROM deliveries')"],
      ['src/delivery/a.ts', "run('pragma synchronous')"],
    ],
    good: [
      ['src/store/sqlite/a.ts', "run('delete from deliveries')"],
      ['src/management/a.ts', "// select * from messages\nconst hint = 'delete the alert, or update it'"],
    ],
  },
]
