import type { Answer, RelayProcess } from './relay.js'

const SENDERS = 8
const LANES = 20

/**
 * Sends the alerts numbered from..to-1 over 20 resources, each resource by one sender in order; text is the number, and
 * each has an event of its own: none repeats another, or it would be folded.
 */
export async function sendMany(relay: Pick<RelayProcess, 'alert'>, from: number, to: number): Promise<Answer[]> {
  const answers: Answer[] = []
  const sender = async (mine: number): Promise<void> => {
    for (let i = from; i < to; i += 1) {
      if ((i % LANES) % SENDERS !== mine) continue
      answers.push(await relay.alert({ resource: `lane${i % LANES}`, event: `Event${i}`, text: `${i}` }))
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, (_, mine) => sender(mine)))
  return answers
}

/** Whether the numbers of each resource only rise: "lane3 critical 17". A repeat of the same number is no disorder. */
export function inOrder(got: readonly string[]): boolean {
  const last = new Map<string, number>()
  return got.every((one) => {
    const [resource = '', , text] = one.split(' ')
    if (text === undefined) return true
    const before = last.get(resource) ?? -1
    last.set(resource, Number(text))
    return Number(text) >= before
  })
}
