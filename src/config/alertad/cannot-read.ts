/** Something in a Python file that cannot be known without running it; the message goes on after the name of what it is. */
export class CannotRead extends Error {
  /** counted from 1; absent: somewhere in the statement */
  readonly line: number | undefined
  constructor(message: string, line?: number) {
    super(message)
    this.line = line
  }
}
