import { Document, isMap, isScalar } from 'yaml'
import { authSchema } from '../auth.js'
import { configSchema } from '../schema.js'
import type { Draft, Origin } from './draft.js'

/** The configuration file: our keys in our order, each section with the settings and lines that it comes from. */
export function writeYaml({ config, origins }: Pick<Draft, 'config' | 'origins'>, from: string): string {
  const { auth } = config
  const ordered = inOrder({ ...config, ...(isRecord(auth) ? { auth: inOrder(auth, authSchema.shape) } : {}) })
  const document = new Document(ordered)
  document.commentBefore = ` Made by alerta-relay import from ${from}; \${NAME} comes from the environment.`
  const map = document.contents
  if (isMap(map)) {
    for (const { key } of map.items) {
      if (!isScalar(key)) continue
      const sources = origins.filter(({ path, line }) => path[0] === key.value && line > 0)
      if (sources.length > 0) key.commentBefore = ` ${summary(sources)}`
    }
  }
  return document.toString({ lineWidth: 120 })
}

/** `HMAC_AUTH_CREDENTIALS (lines 9, 14), AUTH_REQUIRED (line 3)` */
function summary(sources: readonly Origin[]): string {
  const settings = [...new Set(sources.map(({ setting }) => setting))]
  return settings
    .map((setting) => {
      const lines = new Set(sources.filter((source) => source.setting === setting).map(({ line }) => line))
      return `${setting} (line${lines.size > 1 ? 's' : ''} ${[...lines].join(', ')})`
    })
    .join(', ')
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function inOrder(values: Record<string, unknown>, shape: object = configSchema.shape): Record<string, unknown> {
  const keys = Object.keys(shape)
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => keys.indexOf(a) - keys.indexOf(b)))
}
