import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'

interface HeadProps {
  readonly title: string
  readonly lead?: ComponentChildren
  readonly children?: ComponentChildren
}

/** The top of a page; its title is the tab's too. */
export function Head({ title, lead, children }: HeadProps) {
  useEffect(() => {
    document.title = `${title} · alerta-relay`
  }, [title])
  return (
    <div class="page-head">
      <div>
        <h1>{title}</h1>
        {lead !== undefined && <p class="lead">{lead}</p>}
      </div>
      {children}
    </div>
  )
}
