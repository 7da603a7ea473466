import type { Scan } from './json-members.js'

/**
 * The JSON object with the given members set, `values` being JSON; everything else byte for byte as it came: an absent
 * member is put in front of the others, the value of a present one is replaced where it stands.
 */
export function spliceMembers(
  { bytes, scan }: { readonly bytes: Buffer; readonly scan: Scan },
  values: ReadonlyMap<string, string>,
): Buffer {
  if (values.size === 0) return bytes
  const { inside, members } = scan
  const absent = [...values].filter(([name]) => !members.has(name))
  const front = absent.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')
  const comma = absent.length > 0 && members.size > 0 ? ',' : ''
  const edits = [{ start: inside, end: inside, text: front + comma }]
  for (const [name, json] of values) {
    const range = members.get(name)
    if (range !== undefined) edits.push({ ...range, text: json })
  }
  return applyEdits(
    bytes,
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
