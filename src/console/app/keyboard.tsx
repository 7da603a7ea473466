import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { pause } from './clock.js'
import { PAGES } from './pages.js'
import { go } from './router.js'

const isHelpOpen = signal(false)
/** After "g", a letter goes somewhere within this time. */
const SECOND_KEY_MS = 1_500

/** Keys for the whole console; nothing while somebody writes. */
export function listenForKeys(): void {
  let isGoing = false
  document.addEventListener('keydown', (event) => {
    const { key, target } = event
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(target)) return
    if (isGoing) {
      isGoing = false
      const page = PAGES.find((one) => one.key === key)
      if (page !== undefined) go(`#/${page.path}`)
    } else if (key === 'g') {
      isGoing = true
      void pause(SECOND_KEY_MS).then(() => {
        isGoing = false
      })
    } else if (key === '?') isHelpOpen.value = true
    else if (key === '/') {
      const search = document.querySelector<HTMLInputElement>('main input')
      if (search === null) return
      event.preventDefault()
      search.focus()
    }
  })
}

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.closest('input, textarea, select, dialog') !== null || target.isContentEditable)

export const showKeys = (): void => {
  isHelpOpen.value = true
}

export function KeyHelp() {
  const dialog = useRef<HTMLDialogElement>(null)
  const open = isHelpOpen.value
  useEffect(() => {
    if (open) dialog.current?.showModal()
  }, [open])
  if (!open) return null
  const close = () => {
    isHelpOpen.value = false
  }
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="keys-title">
      <form method="dialog">
        <h2 id="keys-title">Keys</h2>
        <dl class="facts">
          {PAGES.map(({ key, title }) => (
            <>
              <dt>
                <kbd>g</kbd> <kbd>{key}</kbd>
              </dt>
              <dd>{title}</dd>
            </>
          ))}
          <dt>
            <kbd>/</kbd>
          </dt>
          <dd>Search</dd>
          <dt>
            <kbd>?</kbd>
          </dt>
          <dd>This help</dd>
        </dl>
        <div class="buttons">
          <button type="submit" class="button first">
            Close
          </button>
        </div>
      </form>
    </dialog>
  )
}
