import * as check from './checks.js'
import type { JsonObject } from './json-object.js'
import { asText, attributesOf, textOr, textsOf, timeoutOf } from './values.js'

/** The bodies of what may happen to an alert beside actions: what Alerta would refuse in them, or fail at, and what they say. */

const given =
  (name: string, what: string): check.Check =>
  ({ fields }) => {
    const value = fields[name]
    const isEmpty =
      !value ||
      (Array.isArray(value) ? value.length === 0 : typeof value === 'object' && Object.keys(value).length === 0)
    return isEmpty ? `must supply '${name}' as json ${what}` : undefined
  }

const STATUS: readonly check.Check[] = [given('status', 'data'), check.textOrNull('status'), check.timeout]
export const statusProblem = (object: JsonObject): string | undefined => check.firstProblem(object, STATUS)

export const statusFields = (object: JsonObject) => ({
  status: textOr(object, 'status', ''),
  text: asText(object, 'text') ?? '',
  timeout: timeoutOf(object),
})

const TAGS: readonly check.Check[] = [given('tags', 'list'), check.textList('tags')]
export const tagsProblem = (object: JsonObject): string | undefined => check.firstProblem(object, TAGS)

export const tagsFields = (object: JsonObject) => ({ tags: textsOf(object, 'tags') })

const ATTRIBUTES: readonly check.Check[] = [given('attributes', 'data'), check.attributes, check.attributeKeys]
export const attributesProblem = (object: JsonObject): string | undefined => check.firstProblem(object, ATTRIBUTES)

export const attributesFields = (object: JsonObject) => ({ attributes: attributesOf(object) })

const noteGiven: check.Check = ({ fields }) => (fields.text || fields.note ? undefined : "must supply 'note' text")
const NOTE: readonly check.Check[] = [noteGiven, check.textOrNull('text'), check.textOrNull('note'), check.id]
export const noteProblem = (object: JsonObject): string | undefined => check.firstProblem(object, NOTE)

const anything: check.Check = ({ fields }) => (Object.keys(fields).length > 0 ? undefined : 'nothing to change')
const NOTE_CHANGE: readonly check.Check[] = [anything, check.textOrNull('text'), check.textOrNull('note')]
export const noteChangeProblem = (object: JsonObject): string | undefined => check.firstProblem(object, NOTE_CHANGE)

/** Alerta reads the text from either. */
export const noteFields = (object: JsonObject) => ({ text: textOr(object, 'text', '') || textOr(object, 'note', '') })
