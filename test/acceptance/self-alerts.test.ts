import { afterEach, expect, test } from 'vitest'
import { waitFor } from '../support/wait.js'
import { killAll, startRelay } from './relay.js'
import { closeSinks, startSink, type TestSink } from './sink.js'

afterEach(async () => {
  killAll()
  await closeSinks()
})

const SELF_ALERTS = { self_alerts: { enabled: true, environment: 'Ops', service: ['Federation'] } }
const SLOW = 200_000

interface Posted {
  readonly event: string
  readonly resource: string
  readonly severity: string
  readonly type: string
}
/** Alerts about the relay that a sink took. */
const told = (sink: TestSink): Posted[] =>
  sink
    .requests()
    .filter(({ method, status }) => method === 'POST' && status === 201)
    .map(({ body }) => JSON.parse(body) as Posted)
    .filter(({ type }) => type === 'relayAlert')

test(
  'a destination that is away is told to the other, the end of it too, and a restart between loses neither',
  async () => {
    const [mom1, mom2] = [await startSink(), await startSink()]
    const relay = await startRelay({
      destinations: [
        { name: 'mom1', url: mom1.url },
        { name: 'mom2', url: mom2.url },
      ],
      config: SELF_ALERTS,
    })
    await mom1.down()
    await relay.alert({ text: '1' })
    const resource = `${new URL(relay.url).host}/mom1`
    const raised = await waitFor(
      'the alert',
      () => told(mom2),
      (all) => all.length > 0,
      100_000,
    )
    expect(raised).toMatchObject([
      { event: 'DestinationNotFlowing', resource, severity: 'major', environment: 'Ops', service: ['Federation'] },
    ])
    expect(relay.log).toContainEqual(expect.objectContaining({ msg: 'self alert raised', resource }))

    await relay.stop()
    await mom1.up()
    await relay.restart()
    const cleared = await waitFor(
      'its end',
      () => told(mom2),
      (all) => all.length > 1,
      100_000,
    )
    expect(cleared.slice(1)).toMatchObject([{ event: 'DestinationNotFlowing', resource, severity: 'normal' }])
    // and the one it is about has the whole story, when it is back
    await relay.drained()
    expect(
      told(mom1)
        .map(({ severity }) => severity)
        .at(-1),
    ).toBe('normal')
    expect(relay.log.filter(({ msg }) => msg === 'self alert raised')).toHaveLength(1)
  },
  SLOW,
)
