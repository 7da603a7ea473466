import { readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { applyEnvironment } from './environment.js'
import { loadConfigFile } from './load.js'
import type { Problem } from './problem.js'
import { type Config, configSchema } from './schema.js'
import { substitute } from './substitute.js'

export type DatabasePlace =
  | ({ readonly ok: true } & Pick<Config, 'database_url'>)
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Which database a configuration file means, also where the file is otherwise wrong, or the secrets that it names are
 * not in this environment: operators look at a running relay from their own shell, and while somebody edits the file.
 */
export function databaseIn(path: string, env: NodeJS.ProcessEnv): DatabasePlace {
  const loaded = loadConfigFile(path, env)
  if (loaded.ok) return { ok: true, database_url: loaded.config.database_url }
  const text = textOf(path)
  const database_url = text === undefined ? undefined : writtenIn(text, env)
  return database_url === undefined ? loaded : { ok: true, database_url }
}

/** undefined where it cannot be read, which is among the problems then */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function writtenIn(text: string, env: NodeJS.ProcessEnv): string | undefined {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' })
  const written = document.get('database_url')
  // what is not where it should be may stand in the part that could not be parsed
  if (document.errors.length > 0 && typeof written !== 'string' && !env.DATABASE_URL) return undefined
  const { value, faults } = substitute(written === undefined ? {} : { database_url: written }, env)
  if (faults.length > 0 && !env.DATABASE_URL) return undefined
  const over = applyEnvironment(value, env).value as { readonly database_url?: unknown }
  return configSchema.shape.database_url.safeParse(over.database_url).data
}
