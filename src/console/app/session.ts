import { signal } from '@preact/signals'
import { ask, isElsewhere, onSignedOut, Refusal, request, useCredential } from './relay-api.js'

export interface Session {
  /** as the relay's log knows it */
  readonly name: string
  readonly may: { readonly operate: boolean; readonly act: boolean }
}

/** undefined: nobody has asked yet; null: nobody is signed in */
export const session = signal<Session | null | undefined>(undefined)
/** The relay has stopped knowing us while we were at it. */
export const hasExpired = signal(false)

export type SigningIn = { readonly key: string } | { readonly username: string; readonly password: string }

onSignedOut(() => {
  if (session.value) hasExpired.value = true
  session.value = null
})

/** Asks who we are, when the page is loaded. */
export async function recall(): Promise<void> {
  if (isElsewhere) {
    session.value = null
    return
  }
  session.value = await sessionOf(await request('console/session'))
}

/** Throws a Refusal. */
export async function signIn(by: SigningIn): Promise<void> {
  const signed = isElsewhere ? await signInElsewhere(by) : await signInHere(by)
  hasExpired.value = false
  session.value = signed
}

export async function signOut(): Promise<void> {
  useCredential(undefined)
  if (!isElsewhere) await request('console/session', { method: 'DELETE' })
  hasExpired.value = false
  session.value = null
}

const sessionOf = async (response: Response): Promise<Session | null> =>
  ((await response.json()) as { session: Session | null }).session

async function signInHere(by: SigningIn): Promise<Session | null> {
  const signed = await sessionOf(await request('console/session', { method: 'POST', body: by }))
  // a browser that keeps no cookies has been told the same
  if ((await sessionOf(await request('console/session'))) === null) {
    throw new Refusal(0, 'This browser has not kept the cookie: it must allow cookies for this site')
  }
  return signed
}

/** With a key, or a token for user and password, that stays in this page. */
async function signInElsewhere(by: SigningIn): Promise<Session> {
  useCredential('key' in by ? `Key ${by.key}` : `Bearer ${await tokenFor(by)}`)
  try {
    return await ask<Session>('me')
  } catch (error) {
    useCredential(undefined)
    throw error
  }
}

async function tokenFor(by: { readonly username: string; readonly password: string }): Promise<string> {
  const response = await request('auth/login', { method: 'POST', body: by })
  return ((await response.json()) as { token: string }).token
}
