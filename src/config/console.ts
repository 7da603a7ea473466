import { z } from 'zod'
import { duration } from './fields.js'
import { operatorsOverHttp } from './operators.js'

/** The web console, under /console/ of the relay's own port. */
export const consoleSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** how long a sign-in lasts */
  session: duration.prefault('12h'),
})

/** It shows what operators are answered over HTTP: where they are not, there is nothing to show. */
export const servesConsole = (
  config: Parameters<typeof operatorsOverHttp>[0] & { readonly console: z.output<typeof consoleSchema> },
): boolean => config.console.enabled && operatorsOverHttp(config)
