import { batch, computed, signal } from '@preact/signals'
import type { ShownBeyond, ShownDestination, ShownRelay, ShownSender } from '../../management/console-look.js'
import { follow, type StreamEvent } from './event-stream.js'
import { queryOf } from './relay-api.js'

/** How the relay is, as it tells itself, second by second. */
export const relay = signal<ShownRelay | undefined>(undefined)
export const senders = signal<readonly ShownSender[]>([])
const destinationsByName = signal<ReadonlyMap<string, ShownDestination>>(new Map())
const beyondByName = signal<ReadonlyMap<string, ShownBeyond>>(new Map())
/** 'live', or why it is not; undefined: not yet */
export const connection = signal<'live' | { readonly cutOff: string } | undefined>(undefined)

const WELL = 100
/** Those in trouble first, as the relay ranks it; then by name. */
export const destinations = computed(() =>
  [...destinationsByName.value.values()].sort(
    (a, b) =>
      (a.trouble?.rank ?? WELL) - (b.trouble?.rank ?? WELL) || a.name.localeCompare(b.name, 'en', { numeric: true }),
  ),
)
export const beyond = computed(() => [...beyondByName.value.values()])
export const deadLetters = computed(() => destinations.value.reduce((sum, { dead }) => sum + dead, 0))

/** Reads it for as long as it is wanted. */
export function watch(signal: AbortSignal): Promise<void> {
  return follow({
    path: (after) => `pulse${queryOf({ after })}`,
    onEvent: (event) => batch(() => take(event)),
    onState: (state) => {
      connection.value = state
    },
    signal,
  })
}

export function forget(): void {
  batch(() => {
    relay.value = undefined
    connection.value = undefined
    clear()
  })
}

function clear(): void {
  senders.value = []
  destinationsByName.value = new Map()
  beyondByName.value = new Map()
}

function take({ event, data }: StreamEvent): void {
  const is = JSON.parse(data)
  if (event === 'all') clear()
  else if (event === 'relay') relay.value = is as ShownRelay
  else if (event === 'senders') senders.value = (is as { senders: readonly ShownSender[] }).senders
  else if (event === 'destination') destinationsByName.value = withOne(destinationsByName.value, is as ShownDestination)
  else if (event === 'beyond') beyondByName.value = withOne(beyondByName.value, is as ShownBeyond)
  else if (event === 'gone') {
    const [what, ...name] = (is as { key: string }).key.split(' ')
    if (what === 'destination') destinationsByName.value = without(destinationsByName.value, name.join(' '))
    if (what === 'beyond') beyondByName.value = without(beyondByName.value, name.join(' '))
  }
}

const withOne = <T extends { readonly name: string }>(map: ReadonlyMap<string, T>, one: T): ReadonlyMap<string, T> =>
  new Map(map).set(one.name, one)

const without = <T>(map: ReadonlyMap<string, T>, name: string): ReadonlyMap<string, T> =>
  new Map([...map].filter(([one]) => one !== name))
