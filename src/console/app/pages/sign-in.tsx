import { useEffect, useRef, useState } from 'preact/hooks'
import { Mark } from '../parts/brand.js'
import { Refusal } from '../relay-api.js'
import { place } from '../router.js'
import { hasExpired, type SigningIn, signIn } from '../session.js'

type Way = 'password' | 'key'

/** A key may stand in the address, behind the #, where no server sees it; it is filled in, not used. */
const offered = (): string => place.value.query.key ?? ''

export function SignIn() {
  const [way, setWay] = useState<Way>(offered() === '' ? 'password' : 'key')
  const [problem, setProblem] = useState<string>()
  const [isAtWork, setAtWork] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    document.title = 'Sign in · alerta-relay'
    form.current?.querySelector('input')?.focus()
  }, [way])

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    if (form.current === null) return
    setAtWork(true)
    setProblem(undefined)
    try {
      await signIn(credentialOf(new FormData(form.current), way))
      if (window.location.hash.includes('key=')) window.location.replace('#/map')
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      setProblem(error.message)
    } finally {
      setAtWork(false)
    }
  }

  return (
    <main class="sign-in">
      <div class="card">
        <div>
          <span class="brand">
            <Mark />
            alerta-relay
          </span>
        </div>
        <h1>Sign in</h1>
        {hasExpired.value && (
          <p class="notice tone-warn" role="alert">
            Your session has ended. Sign in again to go on where you were.
          </p>
        )}
        <div class="tabs">
          <button type="button" aria-pressed={way === 'password'} onClick={() => setWay('password')}>
            User
          </button>
          <button type="button" aria-pressed={way === 'key'} onClick={() => setWay('key')}>
            API key
          </button>
        </div>
        <form ref={form} onSubmit={(event) => void submit(event)}>
          {way === 'key' ? <KeyField /> : <UserFields />}
          {problem !== undefined && (
            <p class="notice tone-bad" role="alert">
              {problem}
            </p>
          )}
          <button type="submit" class="button first" disabled={isAtWork}>
            Sign in
          </button>
        </form>
        <p class="muted small">
          With the users and API keys of the relay’s configuration. To look, a credential needs the scope
          read:management.
        </p>
      </div>
    </main>
  )
}

const UserFields = () => (
  <>
    <label class="field">
      <span>User name</span>
      <input type="text" name="username" autoComplete="username" autoCapitalize="none" spellcheck={false} required />
    </label>
    <label class="field">
      <span>Password</span>
      <input type="password" name="password" autoComplete="current-password" required />
    </label>
  </>
)

const KeyField = () => (
  <label class="field">
    <span>API key</span>
    <input type="password" name="key" autoComplete="off" defaultValue={offered()} required />
  </label>
)

function credentialOf(fields: FormData, way: Way): SigningIn {
  const text = (name: string): string => String(fields.get(name) ?? '')
  return way === 'key' ? { key: text('key') } : { username: text('username'), password: text('password') }
}
