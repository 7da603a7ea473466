import { z } from 'zod'
import { configSchema } from './schema.js'

/**
 * The configuration file as a JSON Schema (draft 2020-12), for editors. It knows keys, types, choices and defaults; what
 * texts mean, and what keys mean together, only `alerta-relay check` knows.
 */
export function jsonSchema(): object {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' })
  const sections = Object.values(schema.properties ?? {}).filter((section) => typeof section === 'object')
  for (const section of sections) {
    // a section of which all lines are comments
    if (section.type === 'object') Object.assign(section, { type: ['object', 'null'] })
  }
  return { title: 'Configuration of alerta-relay', ...schema }
}
