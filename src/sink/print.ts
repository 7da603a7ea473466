import { styleText } from 'node:util'
import { toNote } from '../egress/note.js'
import { parseHops } from '../model/hops.js'
import type { Received } from './received.js'

type Colour = Parameters<typeof styleText>[0]
/** Whether it is a terminal was decided by the caller. */
const FOR_ANY = { validateStream: false }

/**
 * A request in one line, or two where it came over others: time, method, path, answer, what it says, who signed it.
 * Nothing that came over the net reaches the terminal but as plain text.
 */
export function format(received: Received, colours: boolean): string {
  const paint = (colour: Colour, text: string): string => (colours ? styleText(colour, text, FOR_ANY) : text)
  const { at, method, path, what, who, status, behaved, headers } = received
  const parts = [
    paint('gray', at.slice(11, 23)),
    paint('bold', toNote(method).padEnd(6)),
    toNote(path),
    paint(colourOf(status), status === null ? 'no answer' : String(status)),
    ...(behaved === null ? [] : [paint('magenta', `(${behaved})`)]),
    ...(what === '' ? [] : [paint('cyan', toNote(what))]),
    ...(who === null ? [] : [`by ${toNote(who)}`]),
  ]
  const hops = parseHops(headers['x-alerta-loop']).map((hop) => toNote(hop.text))
  const via = hops.length === 0 ? '' : `\n${' '.repeat(13)}${paint('gray', `via ${hops.join(' > ')}`)}`
  return parts.join(' ') + via
}

function colourOf(status: number | null): Colour {
  if (status === null || status >= 500) return 'red'
  return status >= 300 || status === 202 ? 'yellow' : 'green'
}
