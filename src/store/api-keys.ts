import type { KeptKey } from '../model/api-key.js'

/** API keys made while the relay ran, by the digests of their secrets. Writes reject with StoreUnavailable. */
export interface ApiKeys {
  /** The oldest first. */
  list(): Promise<readonly KeptKey[]>
  /** `replaces`: one that ends at `expiresAt` (epoch ms), in the same transaction. */
  add(key: KeptKey, replaces?: { readonly id: string; readonly expiresAt: number }): Promise<void>
  remove(id: string): Promise<void>
  /** It was used `times` more, the last time at `at` (epoch ms). */
  used(id: string, at: number, times: number): Promise<void>
}
