import type { JsonObject } from './json-object.js'

/**
 * The body with the given members set to texts, everything else byte for byte as it came: an absent member is put in
 * front of the others, the value of a present one is replaced where it stands.
 */
export function splice(object: JsonObject, additions: ReadonlyMap<string, string>): Buffer {
  if (additions.size === 0) return object.bytes
  const { inside, members } = object.scan
  const absent = [...additions].filter(([name]) => !members.has(name))
  const front = absent.map(([name, text]) => `${JSON.stringify(name)}:${JSON.stringify(text)}`).join(',')
  const comma = absent.length > 0 && members.size > 0 ? ',' : ''
  const edits = [{ start: inside, end: inside, text: front + comma }]
  for (const [name, text] of additions) {
    const range = members.get(name)
    if (range !== undefined) edits.push({ ...range, text: JSON.stringify(text) })
  }
  return applyEdits(
    object.bytes,
    edits.sort((a, b) => a.start - b.start),
  )
}

function applyEdits(bytes: Buffer, edits: readonly { start: number; end: number; text: string }[]): Buffer {
  const pieces: Buffer[] = []
  let from = 0
  for (const edit of edits) {
    pieces.push(bytes.subarray(from, edit.start), Buffer.from(edit.text))
    from = edit.end
  }
  return Buffer.concat([...pieces, bytes.subarray(from)])
}
