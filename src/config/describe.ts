import { stringify } from 'yaml'
import { z } from 'zod'
import { operatorsOverHttp } from './operators.js'
import { type Config, configSchema } from './schema.js'

/** The effective configuration in the form of the file, every key written out, secrets as `***`. */
export function describe(config: Config): string {
  const operators = { ...config.operators, http: operatorsOverHttp(config) }
  return stringify(z.encode(configSchema, { ...config, operators }), { lineWidth: 0 })
}
