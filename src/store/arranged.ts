/** What became of a destination because the configuration is another one than the last time. */
export type Arranged = { readonly destination: string } & (
  | { readonly kind: 'renamed'; readonly before: string /** queued for it */; readonly rows: number }
  | {
      readonly kind: 'another server'
      readonly before: readonly string[]
      readonly now: readonly string[]
      /** alerts that the server before had told its ids of */
      readonly aliases: number
    }
  | { readonly kind: 'put back' | 'removed'; readonly rows: number }
)

/** Why all destinations were held at the start: what waits may have been delivered since. */
export type Held = 'restored' | 'copied'
