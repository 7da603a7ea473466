import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { z } from 'zod'
import type { BatchedHead, BatchLimits } from '../model/link.js'
import { Refused } from './refused.js'

const inflate = promisify(gunzip)

/** One message of a batch, with its body. */
export interface Batched extends Omit<BatchedHead, 'bytes'> {
  readonly body: Buffer
}

// what node's parser would not let through in a request of its own
const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/)
const headsSchema = z.array(
  z.object({
    method: z.enum(['POST', 'PUT', 'DELETE']),
    path: z.string().regex(/^\/[\x21-\x7e]*$/),
    headers: z.record(z.string(), headerValue),
    bytes: z.int().min(0).nullable(),
  }),
)

export interface LinkBody {
  readonly bytes: Buffer
  /** Content-Encoding */
  readonly encoding: string | undefined
  /** Counts what it grows to. Throws Refused 503. */
  readonly hold: (bytes: number) => void
}

/** The messages of a batch. Throws Refused 400, 413, 415 or 503: nothing of it has been taken then. */
export async function readBatch({ bytes, encoding, hold }: LinkBody, limits: BatchLimits): Promise<readonly Batched[]> {
  const whole = await plain(bytes, encoding, limits, hold)
  if (whole.length > limits.bytes) throw tooLarge(limits)
  const end = whole.indexOf('\n')
  if (end === -1) throw new Refused(400, 'The batch has no first line that ends')
  const heads = headsIn(whole.toString('utf8', 0, end))
  if (heads.length > limits.messages) throw new Refused(413, `A batch may hold ${limits.messages} messages`)
  let at = end + 1
  const batch = heads.map(({ bytes: length, ...head }) => {
    const body = whole.subarray(at, at + (length ?? 0))
    at += length ?? 0
    return { ...head, body }
  })
  if (at !== whole.length) throw new Refused(400, 'The bodies of the batch are not as long as its first line says')
  return batch
}

function headsIn(line: string): readonly BatchedHead[] {
  const heads = headsSchema.safeParse(parsed(line))
  if (heads.success) return heads.data
  const [issue] = heads.error.issues
  const place = issue?.path.join('.') || 'it'
  throw new Refused(400, `The first line of the batch is not a list of messages: ${place}: ${issue?.message}`)
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new Refused(400, `The first line of the batch is not valid JSON (${(error as Error).name})`)
  }
}

/** The room that it may need is counted before: a few bytes may unpack to very many. */
async function plain(
  bytes: Buffer,
  encoding: string | undefined,
  limits: BatchLimits,
  hold: (bytes: number) => void,
): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return bytes
  if (encoding !== 'gzip') throw new Refused(415, 'Content-Encoding must be gzip or identity')
  hold(limits.bytes)
  try {
    return await inflate(bytes, { maxOutputLength: limits.bytes })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limits)
    throw new Refused(400, 'The batch is not valid gzip')
  }
}

const tooLarge = ({ bytes }: BatchLimits): Refused => new Refused(413, `A batch may have ${bytes} bytes`)
