const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/
const DURATION_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const SIZE = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB)$/
const SIZE_BYTES = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const

/** "35s", "1.5h", "250ms", "7d" in milliseconds; undefined when it is not a duration. */
export function parseDuration(text: string): number | undefined {
  const parts = DURATION.exec(text)
  if (parts === null) return undefined
  return Math.round(Number(parts[1]) * DURATION_MS[parts[2] as keyof typeof DURATION_MS])
}

/** "16MiB", "512KiB" in bytes; undefined when it is not a size. */
export function parseSize(text: string): number | undefined {
  const parts = SIZE.exec(text)
  if (parts === null) return undefined
  return Math.round(Number(parts[1]) * SIZE_BYTES[parts[2] as keyof typeof SIZE_BYTES])
}
