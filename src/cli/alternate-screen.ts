import type { Io } from './io.js'

/** The whole terminal for a while; what stood there comes back. Plain ANSI (xterm control sequences, ECMA-48). */
export interface AlternateScreen {
  /** Shows these lines instead of what is there, without flicker. */
  show(lines: readonly string[]): void
  end(): void
}

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l'
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'
const TO_END_OF_LINE = '\x1b[K'
const TO_END_OF_SCREEN = '\x1b[J'

export type Key = 'q' | 's' | 'up' | 'down' | 'page up' | 'page down' | 'home'

const KEYS: Readonly<Record<string, Key>> = {
  q: 'q',
  Q: 'q',
  // Ctrl-C and Ctrl-D, which are no signals while keys are read one by one
  '\x03': 'q',
  '\x04': 'q',
  s: 's',
  '\x1b[A': 'up',
  k: 'up',
  '\x1b[B': 'down',
  j: 'down',
  '\x1b[5~': 'page up',
  '\x1b[6~': 'page down',
  ' ': 'page down',
  '\x1b[H': 'home',
  g: 'home',
}

/** Takes the terminal until `end`, also when the process ends by an error. */
export function openScreen(
  { stdout, stdin }: Pick<Io, 'stdout' | 'stdin'>,
  onKey: (key: Key) => void,
): AlternateScreen {
  const read = (bytes: Buffer): void => {
    const key = KEYS[bytes.toString()]
    if (key !== undefined) onKey(key)
  }
  let open = true
  const end = (): void => {
    if (!open) return
    open = false
    process.off('exit', end)
    if (stdin?.isTTY === true) {
      stdin.off('data', read)
      stdin.setRawMode(false)
      stdin.pause()
    }
    stdout.write(LEAVE)
  }
  process.on('exit', end)
  stdout.write(ENTER)
  if (stdin?.isTTY === true) {
    stdin.setRawMode(true)
    stdin.on('data', read)
    stdin.resume()
  }
  return {
    show: (lines) =>
      void stdout.write(`${HOME}${lines.map((line) => `${line}${TO_END_OF_LINE}`).join('\r\n')}${TO_END_OF_SCREEN}`),
    end,
  }
}
