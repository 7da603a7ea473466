import { now } from './clock.js'
import { zone } from './settings.js'

const whole = new Intl.NumberFormat('en')
export const count = (n: number): string => whole.format(n)

/** "0", "0.4", "12", "1,204" a second */
export const rate = (perSecond: number): string =>
  perSecond >= 10 || perSecond === 0 ? whole.format(Math.round(perSecond)) : perSecond.toFixed(perSecond < 1 ? 2 : 1)

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

/** "4 s", "12 min", "3 h 20 min": two units at most. */
export function span(ms: number): string {
  let rest = Math.max(0, Math.round(ms / 1_000))
  const parts: string[] = []
  for (const [name, seconds] of UNITS) {
    const n = Math.floor(rest / seconds)
    rest -= n * seconds
    if (n > 0) parts.push(`${n} ${name}`)
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  return parts.join(' ') || '0 s'
}

/** How old something is, of an ISO time or epoch ms. */
export const age = (at: string | number): string => span(now() - epoch(at))
export const agoOrIn = (at: string | number): string => {
  const ms = epoch(at) - now()
  return ms > 0 ? `in ${span(ms)}` : `${span(-ms)} ago`
}

export const milliseconds = (ms: number): string =>
  ms < 1_000 ? `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`

const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
export function bytes(n: number): string {
  const power = n < 1 ? 0 : Math.min(BYTES.length - 1, Math.floor(Math.log2(n) / 10))
  const shown = n / 1024 ** power
  return `${power === 0 ? shown : shown.toFixed(shown < 10 ? 1 : 0)} ${BYTES[power]}`
}

const epoch = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at))

const styleOf = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-GB', { ...options, ...(zone.value === 'UTC' ? { timeZone: 'UTC' } : {}) })

const TIME = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const

/** "21 Nov 19:04:12" in the viewer's time zone; of today only the time. */
export function moment(at: string | number): string {
  const day = styleOf({ dateStyle: 'short' })
  const isToday = day.format(epoch(at)) === day.format(now())
  return styleOf(isToday ? TIME : { ...TIME, day: 'numeric', month: 'short' }).format(epoch(at))
}

export const clockTime = (at: string | number): string =>
  styleOf({ ...TIME, fractionalSecondDigits: 3 }).format(epoch(at))

/** With the day, the second and the zone, for who hovers. */
export const exactly = (at: string | number): string =>
  styleOf({ dateStyle: 'full', timeStyle: 'long' }).format(epoch(at))

export const shortTime = (at: number): string => styleOf({ hour: '2-digit', minute: '2-digit' }).format(at)

/** "3 messages", "1 message" */
export const several = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`
