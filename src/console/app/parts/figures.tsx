import type { ComponentChildren } from 'preact'

export interface FigureProps {
  readonly label: string
  readonly children: ComponentChildren
  readonly unit?: string | undefined
}

export const Figures = ({ children }: { children: ComponentChildren }) => <dl class="figures">{children}</dl>

export const Figure = ({ label, unit, children }: FigureProps) => (
  <div class="figure">
    <dt>{label}</dt>
    <dd>
      {children}
      {unit !== undefined && <small> {unit}</small>}
    </dd>
  </div>
)

export const Facts = ({ children }: { children: ComponentChildren }) => <dl class="facts">{children}</dl>

export const Fact = ({ label, children }: { label: string; children: ComponentChildren }) => (
  <>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </>
)
