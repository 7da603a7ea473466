import { createHash } from 'node:crypto'
import { type Draft, subjectOf } from '../../model/message.js'
import { uuidBytes } from './rows.js'

const ID_BYTES = 8
const DIGEST_BYTES = 8
const TIME_BYTES = 6

/**
 * 16 bytes that an equal message (id, subject and bytes) has again: the UUIDv7's first 8, so that keys arrive in order
 * and can be forgotten by time, and 8 of a digest over the whole.
 */
export function seenKey(draft: Draft): Buffer {
  const digest = createHash('sha256')
    .update(`${draft.messageId}\n${draft.kind}\n${subjectOf(draft)}\n`)
    .update(draft.body ?? '')
    .digest()
  return Buffer.concat([uuidBytes(draft.messageId).subarray(0, ID_BYTES), digest.subarray(0, DIGEST_BYTES)])
}

/** The smallest key of a message id made at `ms`. */
export function seenKeyAt(ms: number): Buffer {
  const key = Buffer.alloc(ID_BYTES + DIGEST_BYTES)
  key.writeUIntBE(Math.max(0, ms), 0, TIME_BYTES)
  return key
}
