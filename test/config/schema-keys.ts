import { z } from 'zod'
import { configSchema } from '../../src/config/schema.js'

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly oneOf?: readonly Shape[]
  readonly anyOf?: readonly Shape[]
  readonly default?: unknown
}

/** Every key that holds a value, as `destinations[].auth.type`, with its default in the form of the file. */
export function schemaKeys(): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>()
  collect(z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Shape, '', found)
  return found
}

function collect(shape: Shape, path: string, found: Map<string, unknown>): void {
  const inner = { ...shape.properties, ...Object.assign({}, ...(shape.oneOf ?? []).map((each) => each.properties)) }
  for (const [key, child] of Object.entries<Shape>(inner)) {
    const childPath = path === '' ? key : `${path}.${key}`
    if (child.items?.properties !== undefined) collect(child.items, `${childPath}[]`, found)
    else if (child.properties !== undefined || child.oneOf !== undefined) collect(child, childPath, found)
    else found.set(childPath, child.default)
    // a value or a map of more values
    const map = child.anyOf?.find(({ properties }) => properties !== undefined)
    if (map === undefined) continue
    found.set(childPath, undefined)
    collect(map, childPath, found)
  }
}
