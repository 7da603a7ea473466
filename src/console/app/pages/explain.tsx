import { useState } from 'preact/hooks'
import type { Explained } from '../../../management/operator/explain.js'
import { Fact, Facts } from '../parts/figures.js'
import { Head } from '../parts/head.js'
import { StateShape } from '../parts/state.js'
import { ask, Refusal } from '../relay-api.js'
import { to } from '../router.js'

const EXAMPLE = JSON.stringify(
  {
    resource: 'web01',
    event: 'NodeDown',
    environment: 'Production',
    severity: 'critical',
    service: ['Web'],
    text: 'no answer for 5 minutes',
  },
  null,
  2,
)

/** Where an alert would go, and why. */
export function Explain() {
  const [text, setText] = useState(EXAMPLE)
  const [loop, setLoop] = useState('')
  const [result, setResult] = useState<Explained | string>()
  const [isAtWork, setAtWork] = useState(false)

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    setAtWork(true)
    try {
      setResult(await explained(text, loop))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      setResult(error.message)
    } finally {
      setAtWork(false)
    }
  }

  return (
    <>
      <Head
        title="Explain"
        lead="Paste an alert as a sender would post it, or the id of one that the relay knows. Nothing is sent and nothing is written."
      />
      <div class="columns">
        <form class="card stack" onSubmit={(event) => void submit(event)}>
          <label class="field">
            <span>Alert, as JSON, or an id</span>
            <textarea value={text} spellcheck={false} onInput={({ currentTarget }) => setText(currentTarget.value)} />
          </label>
          <label class="field">
            <span>X-Alerta-Loop, if it comes from another server</span>
            <input
              type="text"
              value={loop}
              placeholder="https://mlm1.example.com/api"
              onInput={({ currentTarget }) => setLoop(currentTarget.value)}
            />
          </label>
          <div class="buttons">
            <button type="submit" class="button first" disabled={isAtWork || text.trim() === ''}>
              Explain
            </button>
          </div>
        </form>
        <section class="card stack" aria-label="Result" aria-live="polite">
          {result === undefined ? (
            <p class="muted">
              What the way in makes of it, and for every destination whether it goes there, stands here.
            </p>
          ) : typeof result === 'string' ? (
            <p class="notice tone-bad">{result}</p>
          ) : (
            <Result result={result} />
          )}
        </section>
      </div>
    </>
  )
}

async function explained(text: string, loop: string): Promise<Explained | string> {
  const hops = loop.trim() === '' ? {} : { loop: loop.trim() }
  const trimmed = text.trim()
  if (!trimmed.startsWith('{')) return ask<Explained>('explain', { method: 'POST', body: { id: trimmed, ...hops } })
  let alert: object
  try {
    alert = JSON.parse(trimmed)
  } catch (error) {
    if (error instanceof SyntaxError) return `This is no JSON: ${error.message}`
    throw error
  }
  return ask<Explained>('explain', { method: 'POST', body: { alert, ...hops } })
}

function Result({ result }: { result: Explained }) {
  const { ingress, httpStatus, why, added, known, verdicts } = result
  return (
    <>
      <h2>
        The sender is answered {httpStatus}: it is {ingress}
      </h2>
      <Facts>
        {why !== null && <Fact label="Why">{why}</Fact>}
        {ingress === 'taken' && (
          <Fact label="Alert">{known ? 'a further report of one that is known' : 'a new one'}</Fact>
        )}
        {added.length > 0 && <Fact label="Added">{added.join(', ')}</Fact>}
      </Facts>
      <ol class="journey">
        {verdicts.map((verdict) => (
          <li key={verdict.destination}>
            <StateShape state={verdict.goes ? 'delivered' : 'skipped'} />
            <h3>
              <a href={to(['destinations', verdict.destination])}>{verdict.destination}</a>{' '}
              {verdict.goes ? 'gets it' : 'does not get it'}
            </h3>
            <p class="muted break">{verdict.why}</p>
            {verdict.goes && (
              <p class="small break">
                <code>{verdict.request}</code>{' '}
                {verdict.lane !== null && <span class="muted">in lane {verdict.lane}</span>}
              </p>
            )}
          </li>
        ))}
      </ol>
    </>
  )
}
