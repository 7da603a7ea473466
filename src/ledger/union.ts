import { scanObject } from '../base/json-members.js'
import { spliceMembers } from '../base/json-splice.js'
import type { Carried } from '../model/ledger.js'

/** What Alerta keeps of this body, however many follow: of a POST /alert that passed ingress. Numbers as JSON.parse reads them. */
export function collect(body: Buffer): Carried {
  const { tags = [], attributes = {} } = JSON.parse(body.toString()) as Partial<Carried>
  return { tags, attributes }
}

/**
 * The body of a repeat with what repeats folded into it have and it has not: their tags, and their attributes where it
 * has none of the name. All else stays byte for byte; the same buffer where it has everything already.
 */
export function carry(body: Buffer, folded: Carried): Buffer {
  const own = collect(body)
  const tags = new Set([...own.tags, ...folded.tags])
  const missing = Object.entries(folded.attributes).filter(([name]) => !Object.hasOwn(own.attributes, name))
  const additions = new Map<string, string>()
  if (folded.tags.some((tag) => !own.tags.includes(tag))) additions.set('tags', JSON.stringify([...tags]))
  if (missing.length > 0) additions.set('attributes', withMembers(rawAttributes(body), missing))
  return additions.size === 0 ? body : spliceMembers({ bytes: body, scan: scanObject(body) }, additions)
}

function rawAttributes(body: Buffer): Buffer {
  const range = scanObject(body).members.get('attributes')
  return range === undefined ? Buffer.from('{}') : body.subarray(range.start, range.end)
}

function withMembers(object: Buffer, members: readonly (readonly [string, unknown])[]): string {
  const texts = new Map(members.map(([name, value]) => [name, JSON.stringify(value)]))
  return spliceMembers({ bytes: object, scan: scanObject(object) }, texts).toString()
}
