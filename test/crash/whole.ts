/** A whole number from the environment, for the size of a long run. */
export function whole(name: string, otherwise: number): number {
  const value = Number(process.env[name] ?? otherwise)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} is no whole number: ${process.env[name]}`)
  return value
}
