import { jsonSchema } from '../config/json-schema.js'
import type { ExitCode, Io } from './io.js'

/** `alerta-relay schema`: the JSON Schema of the configuration file. */
export function schema(io: Pick<Io, 'stdout'>): ExitCode {
  io.stdout.write(`${JSON.stringify(jsonSchema(), null, 2)}\n`)
  return 0
}
