/**
 * A body of JSON objects, one a line. Begun at once, so that whoever goes away before reading ends it too. The status
 * has been sent: what goes wrong on the way can only be told as the last line.
 */
export async function linesOf(
  lines: AsyncGenerator<unknown>,
  failed: (error: Error) => string,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder()
  const told = endingWell(lines, failed)
  let next = told.next()
  await next
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await next
      if (done) return controller.close()
      controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`))
      next = told.next()
    },
    async cancel() {
      await told.return(undefined)
    },
  })
}

async function* endingWell(lines: AsyncGenerator<unknown>, failed: (error: Error) => string): AsyncGenerator<unknown> {
  try {
    yield* lines
  } catch (error) {
    yield { kind: 'failed', why: failed(error as Error), canBeRead: true }
  }
}

/** A body of texts as they come; whoever goes away ends them. */
export function textOf(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await texts.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await texts.return(undefined)
    },
  })
}
