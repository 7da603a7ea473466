import { type Loaded, loadConfig } from '../../src/config/load.js'
import { formatProblem } from '../../src/config/problem.js'
import type { Config } from '../../src/config/schema.js'

/** A configuration that is right, to which a test adds what it is about. */
export const RIGHT = 'auth: { api_keys: [{ key: k1, scopes: [admin] }] }\n'
export const ONE_DESTINATION = 'destinations: [{ name: mom1, url: "https://mom1.example.com/api" }]\n'

/** The configuration and its warnings, which must load. */
export function load(text: string, env: NodeJS.ProcessEnv = {}): { config: Config; warnings: string[] } {
  const loaded = loadConfig(text, env)
  if (!loaded.ok) throw new Error(lines(loaded).join('\n'))
  return { config: loaded.config, warnings: loaded.warnings.map(formatProblem) }
}

/** The problems as an operator reads them; none where it loads. */
export const problemsOf = (text: string, env: NodeJS.ProcessEnv = {}): string[] => lines(loadConfig(text, env))

const lines = (loaded: Loaded): string[] => (loaded.ok ? [] : loaded.problems.map(formatProblem))
