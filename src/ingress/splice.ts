import { spliceMembers } from '../base/json-splice.js'
import type { JsonObject } from './json-object.js'

/** The body with the given members set to texts, everything else byte for byte as it came. */
export const splice = (object: JsonObject, additions: ReadonlyMap<string, string>): Buffer =>
  spliceMembers(object, new Map([...additions].map(([name, text]) => [name, JSON.stringify(text)])))
