const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const

/** "45s", "12m", "3h", "2d" */
export function age(seconds: number): string {
  const unit = UNITS.find(([, size]) => seconds >= 2 * size)
  return unit === undefined ? `${Math.max(0, Math.round(seconds))}s` : `${Math.floor(seconds / unit[1])}${unit[0]}`
}

/** "in 12s", "12m ago", "now"; `at` ISO 8601, `now` epoch ms */
export function relative(at: string, now: number): string {
  const seconds = Math.round((Date.parse(at) - now) / 1_000)
  if (seconds === 0) return 'now'
  return seconds > 0 ? `in ${age(seconds)}` : `${age(-seconds)} ago`
}

/** "12,345" */
export const count = (n: number): string => n.toLocaleString('en-US')

/** "0", "0.02", "3.1", "240" a second */
export function rate(perSecond: number): string {
  if (perSecond === 0) return '0'
  return perSecond < 1 ? perSecond.toFixed(2) : perSecond < 10 ? perSecond.toFixed(1) : count(Math.round(perSecond))
}

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** "512 B", "1.2 GiB" */
export function size(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1_024 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${SIZES[power]}`
}
