import { Pool } from 'undici'
import { expect } from 'vitest'
import { ALERT, KEY } from './relay.js'

const CONNECTIONS = 8
const PIPELINED = 16

/**
 * Presses the alerts numbered from..to-1 in over a few pipelined connections, as fast as the relay takes them. Those of
 * one of the `lanes` share a connection, so they stay in order; each must be answered 201.
 */
export async function press(
  url: string,
  range: { readonly from?: number; readonly to: number; readonly lanes: number },
  alertOf: (i: number, lane: number) => object,
): Promise<void> {
  const path = '/alert'
  const headers = { authorization: `Key ${KEY}`, 'content-type': 'application/json' }
  const connection = async (mine: number) => {
    const pool = new Pool(url, { connections: 1, pipelining: PIPELINED })
    let waiting: Promise<unknown>[] = []
    for (let i = range.from ?? 0; i < range.to; i += 1) {
      const lane = i % range.lanes
      if (lane % CONNECTIONS !== mine) continue
      const body = JSON.stringify({ ...ALERT, ...alertOf(i, lane) })
      waiting.push(
        pool.request({ path, method: 'POST', headers, body }).then(async (answer) => {
          await answer.body.dump()
          expect(answer.statusCode).toBe(201)
        }),
      )
      if (waiting.length === PIPELINED) {
        await Promise.all(waiting)
        waiting = []
      }
    }
    await Promise.all(waiting)
    await pool.close()
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, mine) => connection(mine)))
}
