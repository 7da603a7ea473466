import { signal } from '@preact/signals'
import { pause } from './clock.js'
import { Refusal } from './relay-api.js'

interface Toast {
  readonly n: number
  readonly text: string
  readonly failed: boolean
}

const SHOWN_MS = 6_000
const shown = signal<readonly Toast[]>([])
let counter = 0

function say(text: string, failed: boolean): void {
  counter += 1
  const toast = { n: counter, text, failed }
  shown.value = [...shown.value, toast]
  void pause(SHOWN_MS * (failed ? 2 : 1)).then(() => {
    shown.value = shown.value.filter((one) => one !== toast)
  })
}

/** Does something, and tells what came of it; true: it was done. */
export async function attempt(work: () => Promise<string>): Promise<boolean> {
  try {
    say(await work(), false)
    return true
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    say(error.message, true)
    return false
  }
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.value.map(({ n, text, failed }) => (
        <p key={n} class={failed ? 'toast failed' : 'toast'}>
          {failed ? `Not done: ${text}` : text}
        </p>
      ))}
    </div>
  )
}
