import { effect, signal } from '@preact/signals'

export const SCHEMES = ['auto', 'light', 'dark'] as const
export type Scheme = (typeof SCHEMES)[number]
export const ZONES = ['local', 'UTC'] as const
export type Zone = (typeof ZONES)[number]

/** What the viewer chose in this browser; nothing of it is told to anybody. */
export const scheme = signal<Scheme>(stored('scheme', SCHEMES))
export const zone = signal<Zone>(stored('zone', ZONES))

const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)')
const isDark = signal(systemIsDark.matches)
systemIsDark.addEventListener('change', ({ matches }) => {
  isDark.value = matches
})

effect(() => {
  const shown = scheme.value === 'auto' ? (isDark.value ? 'dark' : 'light') : scheme.value
  document.documentElement.dataset.scheme = shown
})
effect(() => keep('scheme', scheme.value))
effect(() => keep('zone', zone.value))

function stored<T extends string>(name: string, known: readonly [T, ...T[]]): T {
  try {
    const found = localStorage.getItem(`alerta-relay ${name}`)
    return known.find((one) => one === found) ?? known[0]
  } catch (error) {
    // a browser that keeps nothing for sites
    if (error instanceof DOMException) return known[0]
    throw error
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`alerta-relay ${name}`, value)
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
}
