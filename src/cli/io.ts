/** What a command may touch of its process, so that tests can give their own. */
export interface Io {
  readonly stdout: Out
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean }
  /** absent: there are no keys to be read */
  readonly stdin?: NodeJS.ReadStream
  readonly env: NodeJS.ProcessEnv
  /** ends the command */
  readonly signal: AbortSignal
}

export interface Out {
  write(text: string): unknown
  readonly isTTY?: boolean
  /** of a terminal, in characters; they change with its window */
  readonly columns?: number
  readonly rows?: number
}

/** Those of this process. Who reads what it prints may stop, as `head` does: that ends it. */
export function processIo(signal: AbortSignal): Io {
  const { stdout, stderr, env } = process
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
  return {
    ...{ stdout, stderr, env, signal },
    // looked at only by those who read it: that alone keeps a process from ending
    get stdin() {
      return process.stdin
    },
  }
}

/** 0 done, 1 failed, 2 wrong usage or configuration. */
export type ExitCode = 0 | 1 | 2
