import { beforeAll, describe, expect, test } from 'vitest'
import type { Received } from '../../src/sink/received.js'
import { codeIn, isAbout, rowsUnder } from './document.js'
import {
  CREDENTIALS,
  FILTERS,
  type Forwarding,
  forwardAll,
  OPERATIONS,
  type Operation,
  type Outcome,
} from './forwarding.js'

const listed = {
  elsewhere: rowsUnder('Where it goes'),
  ids: rowsUnder('Ids'),
  bodies: rowsUnder('Bodies'),
}

let forwarding: Forwarding
beforeAll(async () => {
  forwarding = await forwardAll()
}, 60_000)

const outcomeOf = ({ name }: Operation): Outcome => forwarding.outcomes.get(name) as Outcome
const named = (name: string): Operation => OPERATIONS.find((one) => one.name === name) as Operation

/** Destinations that got an operation, from us and from Alerta. */
function reached(operation: Operation): { readonly ours: readonly string[]; readonly theirs: readonly string[] } {
  const { received } = outcomeOf(operation)
  return {
    ours: [...received].filter(([, requests]) => requests.length > 0).map(([name]) => name),
    theirs: Object.keys(operation.forwarded),
  }
}

/** As the page calls destinations: by their filter, and the five that have `*` in common by it too. */
function onPage(destinations: readonly string[]): readonly string[] {
  const all = ['star', ...Object.keys(CREDENTIALS)]
  const together = all.every((name) => destinations.includes(name))
  const rest = together ? destinations.filter((name) => !all.includes(name)) : destinations
  return [...(together ? ['*'] : []), ...rest.map(label)].sort()
}

function label(destination: string): string {
  const filter = FILTERS[destination]
  if (filter === undefined) return CREDENTIALS[destination] as string
  return typeof filter === 'string' ? `'${filter}'` : filter.join(' ')
}

const each = OPERATIONS.map((operation) => [operation.name, operation] as const)

describe('an operation goes where Alerta sends it, or where the page says', () => {
  test.each(each)('%s', (name, operation) => {
    const { ours, theirs } = reached(operation)
    const onlyTheirs = onPage(theirs.filter((one) => !ours.includes(one)))
    const onlyOurs = onPage(ours.filter((one) => !theirs.includes(one)))
    const [elsewhere, ...more] = listed.elsewhere.filter((row) => isAbout(row, name))
    expect(more).toEqual([])
    // an operation that is not there, of which nothing could go anywhere, is 404 or 405
    expect(outcomeOf(operation).status).not.toBe(405)
    if (operation.status < 400) expect(outcomeOf(operation).status).toBeLessThan(400)
    const [theirCell = '', ourCell = ''] = elsewhere?.cells ?? []
    expect([onlyTheirs, onlyOurs]).toEqual([[...codeIn(theirCell)].sort(), [...codeIn(ourCell)].sort()])
    if (elsewhere !== undefined) expect([...onlyTheirs, ...onlyOurs]).not.toEqual([])
  })

  test('nothing is on the page that was not sent', () => {
    for (const row of [...listed.elsewhere, ...listed.ids]) {
      const unknown = row.names.filter(
        (pattern) => !OPERATIONS.some((one) => isAbout({ ...row, names: [pattern] }, one.name)),
      )
      expect(unknown).toEqual([])
    }
  })
})

/** Requests of an operation at the destinations that Alerta sent it to as well. */
const comparableRequests = (operation: Operation): readonly Received[] =>
  [...outcomeOf(operation).received].filter(([name]) => name in operation.forwarded).flatMap(([, requests]) => requests)

describe('it arrives with the method, path and hops that it has from Alerta, or as the page says', () => {
  test.each(each.filter(([, { wire }]) => wire !== undefined))('%s', (name, operation) => {
    const [wire] = operation.wire ?? []
    const asked = ({ method, path, headers }: Received) => `${method} ${path} ${headers['x-alerta-loop']}`
    const expected = `${wire?.method} ${forwarding.ours(wire?.path ?? '')} ${wire?.hops}`
    const others = comparableRequests(operation).filter((request) => asked(request) !== expected)
    expect(others.length > 0).toBe(listed.ids.some((row) => isAbout(row, name)))
    const { ours } = reached(operation)
    const shared = Object.keys(operation.forwarded).filter((destination) => ours.includes(destination))
    expect(comparableRequests(operation).length > 0).toBe(shared.length > 0)
  })
})

describe('every receiver verifies what it gets', () => {
  const who: Record<string, string | null> = {
    basic: 'user user',
    hawk: 'hawk access-key',
    apikey: 'key 1',
    bearer: 'token 1',
    noauth: null,
  }
  const destinations = [...Object.keys(CREDENTIALS), ...Object.keys(FILTERS)]

  test.each(destinations)('%s', (destination) => {
    const all = OPERATIONS.flatMap((operation) => outcomeOf(operation).received.get(destination) ?? [])
    expect(all.filter(({ status }) => status === 401)).toEqual([])
    expect(all.filter((request) => request.who !== (destination in who ? who[destination] : 'key 1'))).toEqual([])
    const anything = OPERATIONS.some((operation) => reached(operation).ours.includes(destination))
    expect(all.length > 0).toBe(anything)
  })
})

const isWebhook = ({ path }: Operation): boolean => path.startsWith('/webhooks/')
/** An alert that is a heartbeat, and a webhook that the relay is told to turn into alerts. */
const isConverted = (operation: Operation, { path }: Received): boolean =>
  (operation.path === '/alert' && path === '/heartbeat') || isWebhook(operation)

const bodyOf = ({ body }: Received): Record<string, unknown> => (body === '' ? {} : JSON.parse(body))

describe('the body is the one that was sent', () => {
  const writes = each.filter(([, { method, body }]) => method !== 'GET' && body !== undefined)

  test.each(writes)('%s', (_, operation) => {
    for (const [, requests] of outcomeOf(operation).received) {
      for (const request of requests) {
        if (isConverted(operation, request)) continue
        const { id, createTime, ...rest } = bodyOf(request)
        const added = /\/(alert|note)$/.test(operation.path) ? { id: outcomeOf(operation).id } : {}
        const stamped = operation.method === 'POST' ? { createTime: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) } : {}
        expect({ id, createTime, ...rest }).toEqual({ ...added, ...stamped, ...operation.body })
      }
    }
    expect(outcomeOf(operation).received.size).toBe(Object.keys(CREDENTIALS).length + Object.keys(FILTERS).length)
  })

  test('an alert that is a heartbeat goes out as Alerta makes one of it', () => {
    const operation = named('POST alert of type Heartbeat')
    const all = [...outcomeOf(operation).received].flatMap(([, requests]) => requests)
    expect(all.length).toBeGreaterThan(0)
    const { environment, severity, service } = operation.body as Record<string, unknown>
    for (const request of all) {
      expect(isConverted(operation, request)).toBe(true)
      expect(bodyOf(request)).toMatchObject({ attributes: { environment, severity, service, group: 'Misc' }, tags: [] })
    }
  })

  test('the page lists all fields that Alerta sends otherwise, and no others', () => {
    const different = new Set<string>()
    for (const operation of OPERATIONS) {
      const theirs = operation.wire?.[0]?.body
      const [request] = comparableRequests(operation)
      if (theirs === undefined || request === undefined) continue
      const ours = bodyOf(request as Received)
      const kind = operation.path === '/alert' || isWebhook(operation) ? 'alert' : 'action'
      for (const field of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
        const wanted = forwarding.ours(JSON.stringify(theirs[field]) ?? '')
        if (wanted !== (JSON.stringify(ours[field]) ?? '')) different.add(`${kind}.${field}`)
      }
    }
    expect([...different].sort()).toEqual(listed.bodies.flatMap(({ names }) => names).sort())
  })
})

/** An operation at one destination: what we sent, and what Alerta did. */
function atBasic(name: string) {
  const operation = named(name)
  const [request] = outcomeOf(operation).received.get('basic') ?? []
  return {
    operation,
    request: request as Received,
    ours: bodyOf(request as Received),
    theirs: operation.wire?.[0]?.body ?? {},
  }
}

describe('better than Alerta', () => {
  test('an alert keeps its createTime, rawData and status', () => {
    const { operation, ours, theirs } = atBasic('POST full (createTime 2020, rawData, customer, status assign, own id)')
    const { createTime, rawData, status } = operation.body ?? {}
    expect(ours).toMatchObject({ createTime, rawData, status })
    expect(theirs).toMatchObject({ createTime: expect.stringMatching(/^2026-/), rawData: null })
    expect(theirs).not.toHaveProperty('status')
  })

  test.each(['PUT action ack text+timeout', 'PUT action shelve timeout'])('an action keeps its timeout: %s', (name) => {
    const { operation, ours, theirs } = atBasic(name)
    expect([ours.timeout, theirs.timeout]).toEqual([operation.body?.timeout, null])
  })

  test('the id of a request is kept from sender to destination', () => {
    const { operation, request } = atBasic('POST with incoming X-Request-ID')
    expect(request.headers['x-request-id']).toBe(operation.headers?.['X-Request-ID'])
  })

  test('a delete reaches a destination with a Hawk credential', () => {
    const operation = named('DELETE alert')
    const requests = outcomeOf(operation).received.get('hawk') ?? []
    expect(operation.forwarded).not.toHaveProperty('hawk')
    expect(requests.map(({ method, status, who }) => [method, status, who])).toEqual([
      ['DELETE', 200, 'hawk access-key'],
    ])
  })

  test('nothing else of the sender goes out', () => {
    const { request } = atBasic('POST minimal')
    const usual = ['authorization', 'connection', 'content-length', 'content-type', 'host']
    const ours = ['user-agent', 'x-alerta-loop', 'x-forwarded-for', 'x-request-id']
    expect(Object.keys(request.headers).sort()).toEqual([...usual, ...ours].sort())
  })
})
