export interface HopPathProps {
  /** oldest first */
  readonly hops: readonly string[]
  readonly us: string
  /** the hop that is us: it has been here before */
  readonly again?: string | null
}

/** The way of a message, server by server, to this relay. */
export const HopPath = ({ hops, us, again = null }: HopPathProps) => (
  <p class="path">
    <span class="hidden-text">Its way: </span>
    {hops.map((hop, i) => (
      // the same server may stand there twice
      <span key={`${i} ${hop}`} class="path">
        <span class={hop === again ? 'stop again' : 'stop'}>
          {plain(hop)}
          {hop === again && ' (this relay)'}
        </span>
        <span class="arrow">→</span>
      </span>
    ))}
    <span class={again === null ? 'stop us' : 'stop again'}>{plain(us)}</span>
    {again !== null && <span class="warn">it was here before</span>}
  </p>
)

const plain = (url: string): string => url.replace(/^https?:\/\//, '')
