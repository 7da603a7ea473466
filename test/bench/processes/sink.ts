import { createServer } from 'node:http'
import { systemClock } from '../../../src/base/clock.js'
import type { SinkBehaviour, Tally } from '../sink.js'

/**
 * A destination that only counts: answers as Alerta would, with the id of the first of each resource, and checks that each
 * resource's numbers rise.
 */

const { delayMs, hangs, tenthsOf } = JSON.parse(process.argv[2] ?? '{}') as SinkBehaviour
const MOST_NUMBERS = 2 ** 24
const MOST_RESOURCES = 2 ** 20

const seen = new Uint8Array(MOST_NUMBERS)
const last = new Float64Array(MOST_RESOURCES)
const ids = new Map<string, string>()
const tally: Tally = { received: 0, distinct: 0, disordered: 0, tenths: [] }
const GET_ANSWER = '{"status":"ok","total":0,"alerts":[]}'

const text = (body: string, from: string): string => {
  const at = body.indexOf(from)
  return at === -1 ? '' : body.slice(at + from.length, body.indexOf('"', at + from.length))
}

/** The moment, where a tenth begins with the message that is the `count`th, from 0. */
function note(count: number): void {
  if (tenthsOf !== undefined && (count * 10) % tenthsOf < 10) tally.tenths.push(performance.now())
}

function take(body: string): string {
  const number = Number(text(body, '"value":"'))
  tally.received += 1
  if (seen[number] === 0) {
    seen[number] = 1
    note(tally.distinct)
    tally.distinct += 1
    if (tally.distinct === tenthsOf) tally.tenths.push(performance.now())
  }
  const resource = text(body, '"resource":"')
  // what goes to the one hot resource comes from several connections at once, in no order of its own
  if (resource.startsWith('web')) {
    const place = Number(resource.slice(3))
    if (number < (last[place] ?? 0)) tally.disordered += 1
    last[place] = number
  }
  const id = ids.get(resource) ?? text(body, '"id":"')
  ids.set(resource, id)
  return `{"status":"ok","id":"${id}","alert":{}}`
}

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    if (hangs) return
    const [first] = parts
    const body = first === undefined ? '' : (parts.length === 1 ? first : Buffer.concat(parts)).toString('latin1')
    const [status, answer] = request.method === 'POST' ? [201, take(body)] : [200, GET_ANSWER]
    const say = () => {
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': answer.length })
      response.end(answer)
    }
    if (delayMs === undefined) say()
    else void systemClock.until(systemClock.now() + delayMs).then(say)
  })
})

process.on('message', () => process.send?.(tally))
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
