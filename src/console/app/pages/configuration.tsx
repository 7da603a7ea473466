import { useState } from 'preact/hooks'
import { useAsked } from '../asked.js'
import { Empty, Waiting } from '../parts/empty.js'
import { Head } from '../parts/head.js'
import { Moment } from '../parts/moment.js'
import { StateShape } from '../parts/state.js'
import { ask } from '../relay-api.js'
import { attempt } from '../toasts.js'

interface Problem {
  readonly path: string
  readonly message: string
  readonly line?: number
}

interface Probe {
  readonly at: string
  readonly findings: readonly {
    readonly destination: string
    readonly level: 'ok' | 'warn' | 'fail'
    readonly text: string
  }[]
}

interface Answer {
  readonly inForce: string
  readonly file: {
    readonly problems: readonly Problem[]
    readonly warnings: readonly Problem[]
    readonly differs: boolean
  }
  readonly probe: Probe | null
}

export function Configuration() {
  const asked = useAsked<Answer>('configuration')
  if (asked.data === undefined) return <Waiting {...asked} />
  const { inForce, file, probe } = asked.data
  return (
    <>
      <Head title="Configuration" lead="As it is in force, every key written out. Secrets are hidden.">
        <ReloadButton after={asked.again} />
      </Head>
      <div class="stack">
        {file.differs && (
          <p class="notice tone-warn">
            The file says something else than what is in force: a reload, or for some keys a restart, takes it over.
          </p>
        )}
        <Problems title="The file is wrong: it would be refused" list={file.problems} level="fail" />
        <Problems title="Worth a look" list={file.warnings} level="warn" />
        <ProbeCard probe={probe} after={asked.again} />
        <section class="card" aria-labelledby="in-force-title">
          <h2 id="in-force-title">In force</h2>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
          <pre class="block" tabIndex={0}>
            {inForce}
          </pre>
        </section>
      </div>
    </>
  )
}

function ReloadButton({ after }: { after: () => void }) {
  async function reload(): Promise<string> {
    const { reloaded, problems } = await ask<{ reloaded: boolean; problems: readonly Problem[] }>('reload', {
      method: 'POST',
    })
    after()
    return reloaded ? 'the file was read again' : `the file is wrong: ${problems[0]?.message ?? ''}`
  }
  return (
    <button type="button" class="button" onClick={() => void attempt(reload)}>
      Reload the file
    </button>
  )
}

const Problems = ({ title, list, level }: { title: string; list: readonly Problem[]; level: 'warn' | 'fail' }) =>
  list.length === 0 ? null : (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      <ul class="stack">
        {list.map(({ path, message, line }) => (
          <li key={`${path} ${message}`} class="break">
            <StateShape state={level} /> <code>{path}</code> {message}
            {line !== undefined && <span class="muted"> (line {line})</span>}
          </li>
        ))}
      </ul>
    </section>
  )

function ProbeCard({ probe, after }: { probe: Probe | null; after: () => void }) {
  const [isAtWork, setAtWork] = useState(false)
  async function run(): Promise<string> {
    setAtWork(true)
    try {
      await ask('probe', { method: 'POST' })
      after()
      return 'every destination was asked'
    } finally {
      setAtWork(false)
    }
  }
  const names = [...new Set(probe?.findings.map(({ destination }) => destination))]
  return (
    <section class="card" aria-labelledby="probe-title">
      <div class="card-head">
        <h2 id="probe-title">Last probe {probe !== null && <Moment at={probe.at} />}</h2>
        <button type="button" class="button little" disabled={isAtWork} onClick={() => void attempt(run)}>
          {isAtWork ? 'Asking …' : 'Probe now'}
        </button>
      </div>
      {probe === null ? (
        <p class="muted">
          Nobody has asked since the start. A probe asks every destination a few harmless things: is it there, who is
          it, does it take the credential.
        </p>
      ) : names.length === 0 ? (
        <Empty title="There is no destination to ask" />
      ) : (
        <ul class="stack">
          {names.map((name) => (
            <li key={name}>
              <h3>{name}</h3>
              {probe.findings
                .filter(({ destination }) => destination === name)
                .map(({ level, text }) => (
                  <p key={text} class="break">
                    <StateShape state={level} /> <span class="hidden-text">{level}: </span>
                    {text}
                  </p>
                ))}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
