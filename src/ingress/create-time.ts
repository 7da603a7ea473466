const FORMAT = /^(\d{4})-(\d{1,2})-(\d{1,2})T(\d{1,2}):(\d{1,2}):(\d{1,2})\.(\d{1,6})Z$/

/**
 * Alerta's only date format (strptime %Y-%m-%dT%H:%M:%S.%fZ): a fraction of 1 to 6 digits and a Z. Returned with
 * milliseconds, the rest cut off as Alerta does; undefined for anything else, including the 30th of February.
 */
export function parseCreateTime(text: string): string | undefined {
  const parts = FORMAT.exec(text)
  if (parts === null) return undefined
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const ms = Number((parts[7] as string).padEnd(3, '0').slice(0, 3))
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second, ms)
  const same =
    year > 0 &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second
  return same ? date.toISOString() : undefined
}
