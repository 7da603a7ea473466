import { useEffect, useRef, useState } from 'preact/hooks'

export interface ConfirmProps {
  readonly title: string
  readonly what: string
  /** on the button that does it */
  readonly verb: string
  readonly danger?: boolean
  /** what is to be told; undefined: nothing is asked for */
  readonly reason?: { readonly label: string; readonly needed: boolean } | undefined
  /** false: it was not done, the dialog stays */
  readonly act: (reason: string) => Promise<boolean>
  readonly close: () => void
}

/** Asks whether somebody means it, and why. */
export function Confirm({ title, what, verb, danger = false, reason, act, close }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [text, setText] = useState('')
  const [isAtWork, setAtWork] = useState(false)
  useEffect(() => dialog.current?.showModal(), [])

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    setAtWork(true)
    const isDone = await act(text.trim()).finally(() => setAtWork(false))
    if (isDone) close()
  }

  const isComplete = reason?.needed !== true || text.trim() !== ''
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="confirm-title">
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="confirm-title">{title}</h2>
        <p>{what}</p>
        {reason !== undefined && (
          <label class="field">
            <span>{reason.label}</span>
            <input
              type="text"
              name="reason"
              value={text}
              maxLength={500}
              autoComplete="off"
              required={reason.needed}
              onInput={({ currentTarget }) => setText(currentTarget.value)}
            />
          </label>
        )}
        <div class="buttons">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class={danger ? 'button danger' : 'button first'} disabled={isAtWork || !isComplete}>
            {verb}
          </button>
        </div>
      </form>
    </dialog>
  )
}
