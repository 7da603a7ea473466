import { template, type Value } from './values.js'

/** More than any setting has; shared parts are counted each time, for written out they are there each time. */
const MOST_PARTS = 10_000

/** A value in the form of the configuration file; undefined where it is too large to be one. */
export function plain(value: Value): unknown {
  let parts = 0
  const walk = (inner: Value): unknown => {
    parts += 1
    if (parts > MOST_PARTS) throw new RangeError('too many parts')
    if (inner === null || typeof inner !== 'object') return inner
    switch (inner.kind) {
      case 'text':
        return template(inner)
      case 'list':
        return inner.items.map(walk)
      case 'dict':
        return Object.fromEntries([...inner.entries].map(([key, item]) => [key, walk(item)]))
    }
  }
  try {
    return walk(value)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
