import { text } from 'node:stream/consumers'
import { hash } from '@node-rs/argon2'
import type { ExitCode, Io } from './io.js'

/** Prints the argon2id hash (PHC string) of the first line of `input`, for `password_hash` in auth.users. */
export async function hashPassword(input: NodeJS.ReadableStream, io: Io): Promise<ExitCode> {
  const [password = ''] = (await text(input)).split(/\r?\n/)
  if (password === '') {
    io.stderr.write('hash-password: write the password to standard input, for example: read -rs P; echo "$P" | …\n')
    return 2
  }
  io.stdout.write(`${await hash(password)}\n`)
  return 0
}
