import { createSigner } from '../auth/sign.js'
import type { Clock } from '../base/clock.js'
import type { DestinationConfig } from '../config/destination.js'
import type { Ids } from '../model/ids.js'
import { type Client, createClient } from './client.js'
import type { Exchange } from './exchange.js'
import type { Ours } from './ours.js'
import { createProbe, type Probed } from './probe.js'
import { pathBelow, userAgent } from './request.js'

/** What a destination said to a few harmless requests. */
export interface Answers {
  /** to GET <url>/config or, of kind http, to GET <url> */
  readonly config: Exchange
  /** our time in the middle of that request, epoch ms */
  readonly askedAt: number
  /** undefined: not asked, for there was no answer before, or for kind http nothing harmless is known */
  readonly credential: Probed | undefined
}

/** An operator waits for it. */
const TIMEOUT_MS = 10_000

export interface AskDeps {
  readonly clock: Clock
  readonly ids: Ids
  readonly ours: Pick<Ours, 'version'>
}

/** Asks one destination, over a connection of its own, with its own credential. Never rejects for what a peer does. */
export async function ask(destination: DestinationConfig, deps: AskDeps): Promise<Answers> {
  const quick = { ...destination, timeout: Math.min(destination.timeout, TIMEOUT_MS) }
  const sign = createSigner(destination.auth, deps.clock, deps.ids)
  const client = createClient(quick, { sign, clock: deps.clock })
  try {
    return await askOver(client, quick, deps)
  } finally {
    await client.close()
  }
}

async function askOver(
  client: Client,
  destination: DestinationConfig,
  { clock, ids, ours }: AskDeps,
): Promise<Answers> {
  const { signal } = new AbortController()
  const path = destination.kind === 'http' ? pathBelow(destination, '') || '/' : pathBelow(destination, '/config')
  const headers = { 'user-agent': userAgent(ours), 'x-request-id': ids.id() }
  const from = clock.now()
  const config = await client.exchange({ method: 'GET', path, headers, body: null }, signal)
  const askedAt = (from + clock.now()) / 2
  const sendProbe = createProbe(destination, { client, ours, ids })
  const credential = config.kind === 'answer' ? await sendProbe?.(signal) : undefined
  return { config, askedAt, credential }
}
