import type { ComponentChildren } from 'preact'

/** What a place says that has nothing to show: why, and what to do next. */
export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <h2>{title}</h2>
    {children}
  </div>
)

/** While the first answer is awaited, or where there is none. */
export function Waiting({ problem, again }: { problem: string | undefined; again: () => void }) {
  if (problem === undefined) return <p class="empty muted">Loading …</p>
  return (
    <div class="empty" role="alert">
      <h2>This cannot be shown</h2>
      <p>{problem}</p>
      <button type="button" class="button" onClick={again}>
        Try again
      </button>
    </div>
  )
}
