/** An API key that was made while the relay ran. Its secret was shown once and is kept nowhere. Times in epoch ms. */
export interface ApiKey {
  readonly id: string
  /** the beginning of its secret, by which its owner knows it again */
  readonly prefix: string
  readonly text: string
  readonly scopes: readonly string[]
  /** writes are pinned to these, reads filtered; empty: to none */
  readonly customers: readonly string[]
  /** another relay's */
  readonly peer: boolean
  readonly createdAt: number
  /** who made it, as logs name them */
  readonly createdBy: string
  /** null: it has no end */
  readonly expiresAt: number | null
  /** to about a minute; null: not yet */
  readonly lastUsedAt: number | null
  /** about so often */
  readonly uses: number
}

/** As it is kept: SHA-256 of its secret, in base64. */
export interface KeptKey extends ApiKey {
  readonly digest: string
}
