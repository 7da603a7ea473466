import { stringify } from 'yaml'
import { z } from 'zod'
import { type Config, configSchema } from './schema.js'

/** The effective configuration in the form of the file, every key written out, secrets as `***`. */
export const describe = (config: Config): string => stringify(z.encode(configSchema, config), { lineWidth: 0 })
