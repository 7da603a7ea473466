/** One server-sent event (HTML standard, 9.2.6). */
export interface ServerSent {
  /** the last that was told; '' where none was */
  readonly id: string
  /** "message" where nothing else is said */
  readonly event: string
  readonly data: string
}

/** The events in the lines of a stream; one that is cut off is left out. */
export async function* serverSent(lines: AsyncIterable<string>): AsyncGenerator<ServerSent> {
  let id = ''
  let event = ''
  let data: string[] = []
  for await (const line of lines) {
    if (line === '') {
      if (data.length > 0) yield { id, event: event || 'message', data: data.join('\n') }
      event = ''
      data = []
      continue
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (field === 'id') id = value
    else if (field === 'event') event = value
    else if (field === 'data') data.push(value)
  }
}
