import { useEffect, useState } from 'preact/hooks'
import { count } from './format.js'
import { KeyHelp, showKeys } from './keyboard.js'
import { About } from './pages/about.js'
import { AlertPage } from './pages/alert.js'
import { Alerts } from './pages/alerts.js'
import { Configuration } from './pages/configuration.js'
import { DeadLetters } from './pages/dead-letters.js'
import { DestinationPage } from './pages/destination.js'
import { Explain } from './pages/explain.js'
import { Live } from './pages/live.js'
import { MapPage } from './pages/map.js'
import { MessagePage } from './pages/message.js'
import { Messages } from './pages/messages.js'
import { SignIn } from './pages/sign-in.js'
import { Suppressed } from './pages/suppressed.js'
import { PAGES } from './pages.js'
import { Mark } from './parts/brand.js'
import { Choice } from './parts/choice.js'
import { Empty } from './parts/empty.js'
import { StateShape } from './parts/state.js'
import { connection, deadLetters, forget, relay, watch } from './pulse.js'
import { place } from './router.js'
import { type Session, session, signOut } from './session.js'
import { SCHEMES, scheme, ZONES, zone } from './settings.js'
import { Toasts } from './toasts.js'

export function App() {
  const signed = session.value
  if (signed === undefined) return null
  return (
    <>
      {signed === null ? <SignIn /> : <Console key={signed.name} signed={signed} />}
      <Toasts />
    </>
  )
}

function Console({ signed }: { signed: Session }) {
  useEffect(() => {
    const controller = new AbortController()
    void watch(controller.signal)
    return () => {
      controller.abort()
      forget()
    }
  }, [])
  return (
    <>
      <button type="button" class="button skip-link" onClick={skip}>
        Skip to the contents
      </button>
      <div class="shell">
        <Side signed={signed} />
        <main id="main" tabIndex={-1}>
          <CutOff />
          <PageHere may={signed.may} />
        </main>
      </div>
      <KeyHelp />
    </>
  )
}

/** The address behind the # is the console's own: a link to a part of the page would lead away. */
const skip = (): void => document.getElementById('main')?.focus()

function PageHere({ may }: { may: Session['may'] }) {
  const [first = 'map', second] = place.value.path
  switch (first) {
    case 'map':
      return <MapPage />
    case 'destinations':
      return <DestinationPage key={second} name={second ?? ''} />
    case 'alerts':
      return second === undefined ? <Alerts /> : <AlertPage key={second} id={second} />
    case 'messages':
      return second === undefined ? <Messages /> : <MessagePage key={second} id={second} />
    case 'dead':
      return <DeadLetters only={second} />
    case 'suppressed':
      return <Suppressed />
    case 'explain':
      return <Explain />
    case 'live':
      return <Live />
    case 'configuration':
      return may.operate ? <Configuration /> : <NotForYou />
    case 'about':
      return <About />
    default:
      return (
        <Empty title="There is no such page">
          <p>
            <a href="#/map">The map</a> shows where everything is.
          </p>
        </Empty>
      )
  }
}

const NotForYou = () => (
  <Empty title="This credential may not see the configuration">
    <p>It needs the scope admin:management.</p>
  </Empty>
)

function Side({ signed }: { signed: Session }) {
  const [isOpen, setOpen] = useState(false)
  useEffect(() => setOpen(false), [place.value])
  const [here = 'map'] = place.value.path
  const current = here === 'destinations' ? 'map' : here
  return (
    <header class={isOpen ? 'side open' : 'side'}>
      <div class="bar">
        <a class="brand" href="#/map">
          <Mark />
          alerta-relay
        </a>
        <button type="button" class="button plain menu-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          Menu
        </button>
      </div>
      <nav class="nav" aria-label="Pages">
        {PAGES.filter(({ needs }) => needs === undefined || signed.may[needs]).map(({ path, title }) => (
          <a key={path} href={`#/${path}`} aria-current={path === current ? 'page' : undefined}>
            {title}
            {path === 'dead' && deadLetters.value > 0 && <span class="count">{count(deadLetters.value)}</span>}
          </a>
        ))}
      </nav>
      <div class="side-foot">
        <LiveSign />
        <div class="choices">
          <Choice label="Colours" of={SCHEMES} value={scheme} />
          <Choice label="Times" of={ZONES} value={zone} />
        </div>
        <p class="who">
          <span class="break">{signed.name}</span>
        </p>
        <p class="who">
          <button type="button" class="button little" onClick={() => void signOut()}>
            Sign out
          </button>
          <button type="button" class="button plain little" onClick={showKeys}>
            Keys
          </button>
        </p>
      </div>
    </header>
  )
}

function LiveSign() {
  const state = connection.value
  if (state === undefined) return <p class="live">Connecting …</p>
  if (state === 'live') {
    return (
      <p class="live">
        <StateShape state="flowing" /> Live
      </p>
    )
  }
  return (
    <p class="live tone-warn">
      <StateShape state="breaker open" /> Not live
    </p>
  )
}

/** What stands on the page is the last that was told. */
function CutOff() {
  const state = connection.value
  if (state === undefined || state === 'live') return null
  const what = relay.value === undefined ? 'Nothing can be shown yet' : 'What you see is the last that was told'
  return (
    <p class="band" role="alert">
      <StateShape state="breaker open" />
      <span>
        The live feed is cut off: {state.cutOff}. {what}; it goes on by itself.
      </span>
    </p>
  )
}
