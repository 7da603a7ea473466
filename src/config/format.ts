const DURATIONS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const
const SIZES = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const

/** Milliseconds as base/units.ts reads them: in the largest unit that needs no fraction. */
export const formatDuration = (ms: number): string => inLargest(ms, DURATIONS, 'ms')

/** Bytes as base/units.ts reads them. */
export const formatSize = (bytes: number): string => inLargest(bytes, SIZES, 'B')

function inLargest(value: number, units: readonly (readonly [string, number])[], smallest: string): string {
  const [name, factor] = units.find(([, factor]) => value > 0 && value % factor === 0) ?? [smallest, 1]
  return `${value / factor}${name}`
}

export interface ListenAddress {
  /** without the brackets of an IPv6 address */
  readonly host: string
  readonly port: number
}

export const formatListen = ({ host, port }: ListenAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
