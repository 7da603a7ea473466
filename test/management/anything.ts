/** Stands for whatever routes are made with, as long as none of them runs; but for what is given. */
export function anything<T>(given: Partial<T> = {}): T {
  const stand: unknown = new Proxy(() => stand, { get: () => stand })
  const all = new Proxy(given, { get: (_, name) => (name in given ? given[name as keyof T] : stand) })
  return all as T
}
