/** Proves at compile time that a union was handled whole; at run time it is a bug and crashes. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
