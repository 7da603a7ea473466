import { z } from 'zod'
import { iso } from '../base/clock.js'
import { DEEPEST_JSON } from '../base/json-members.js'
import type { PeerAlert, PeerHistoryEntry } from '../model/ledger.js'
import { isUsableId } from './shape.js'

const id = z.string().refine(isUsableId)
const name = z.string().min(1)

/** Alerta's own form, YYYY-MM-DDThh:mm:ss.SSSZ, as epoch ms; the fraction may be missing. */
const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/)
  .transform(Date.parse)
  .refine((ms) => !Number.isNaN(ms))

const textList = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? [])
const text = (otherwise: string) =>
  z
    .string()
    .nullish()
    .transform((given) => given ?? otherwise)
const textOrNull = z
  .string()
  .nullish()
  .transform((given) => given ?? null)
/** Alerta stores whatever came as text; a relay or an older server may still hold a number or an object. */
const anyText = z
  .unknown()
  .optional()
  .transform((given) => {
    if (given === undefined || given === null) return null
    return typeof given === 'string' ? given : JSON.stringify(given)
  })
// not z.record: it would drop a key named __proto__, which is a key like others where it came by JSON.parse
const attributes = z
  .custom<Readonly<Record<string, unknown>>>((given) => typeof given === 'object' && !Array.isArray(given))
  .nullish()
  .transform((given) => given ?? {})

const entrySchema = z.object({
  id: text(''),
  type: text(''),
  text: text(''),
  status: text(''),
  updateTime: time,
})

/** serialize() of alerta/models/alert.py, 9.1.0. What decides about an alert must be there and be right. */
const alertSchema = z.object({
  id,
  environment: z.string(),
  resource: name,
  event: name,
  customer: textOrNull,
  severity: name,
  status: name,
  lastReceiveId: id.nullish(),
  lastReceiveTime: time,
  history: z.array(z.unknown()).nullish(),
  correlate: textList,
  service: textList,
  group: text('Misc'),
  value: anyText,
  text: text(''),
  tags: textList,
  attributes,
  origin: textOrNull,
  type: text('exceptionAlert'),
  createTime: time.nullish(),
  timeout: z.int().min(0).nullish(),
  rawData: anyText,
})

/** Alerta's, where a peer tells none. */
const DEFAULT_TIMEOUT_S = 86_400

/** An alert of a peer's answer; a text says what is wrong with it. */
export function toPeerAlert(given: unknown): PeerAlert | string {
  const tooDeep = isDeeper(given, DEEPEST_JSON)
  const parsed = alertSchema.safeParse(tooDeep ? { ...(given as object), ...NESTED } : given)
  if (!parsed.success) return `has no valid ${parsed.error.issues[0]?.path.join('.') || 'members'}`
  const { id, lastReceiveId, lastReceiveTime, history, createTime, timeout, ...fields } = parsed.data
  const { environment, resource, event, customer, severity, status } = fields
  return {
    ...{ id, environment, resource, event, customer, severity, status, lastReceiveTime },
    lastReceiveId: lastReceiveId ?? id,
    history: sorted((history ?? []).flatMap(toEntry)),
    alert: { ...fields, createTime: iso(createTime ?? lastReceiveTime), timeout: timeout ?? DEFAULT_TIMEOUT_S },
    ...(tooDeep && { tooDeep }),
  }
}

/** The members that may hold anything: Alerta needs none of them to tell one alert from another. */
const NESTED = { attributes: null, value: null, rawData: null }

/** The levels are bounded, so that the stack is. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1))
}

/** Newest first; Alerta tells them oldest first, which decides between two of the same moment. */
const sorted = (entries: readonly PeerHistoryEntry[]): readonly PeerHistoryEntry[] =>
  entries.toReversed().sort((a, b) => b.updateTime - a.updateTime)

/** History is a hint only: an entry that cannot be read is left out. */
function toEntry(given: unknown): readonly PeerHistoryEntry[] {
  const parsed = entrySchema.safeParse(given)
  return parsed.success ? [parsed.data] : []
}
