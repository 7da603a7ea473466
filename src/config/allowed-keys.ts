import { z } from 'zod'
import type { Path } from './problem.js'

/** The part of a JSON schema that says which keys a place may have. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly oneOf?: readonly Shape[]
  readonly anyOf?: readonly Shape[]
  readonly const?: unknown
}

/** The keys allowed at a place of the configuration; `value` is what stands there, which decides between credentials. */
export function allowedKeys(schema: z.ZodType, path: Path, value: unknown): readonly string[] {
  let shape: Shape | undefined = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape
  for (const part of path) shape = typeof part === 'number' ? shape?.items : shape?.properties?.[part]
  const chosen = [...(shape?.oneOf ?? []), ...(shape?.anyOf ?? []).filter(isMap)].find((option) => fits(option, value))
  return Object.keys((chosen ?? shape)?.properties ?? {})
}

const isMap = ({ properties }: Shape): boolean => properties !== undefined

const fits = (option: Shape, value: unknown): boolean =>
  Object.entries(option.properties ?? {}).every(
    ([key, property]) => property.const === undefined || (value as Record<string, unknown>)[key] === property.const,
  )
