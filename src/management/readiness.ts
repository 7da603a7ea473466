import { StoreUnavailable } from '../store/contract.js'

/** Why the relay refuses every sender with 503. */
export type Trouble = 'DISK_LOW' | 'STORE_UNAVAILABLE'

export interface Readiness {
  /** undefined: it takes what is sent */
  trouble(): Promise<Trouble | undefined>
  /** Whether the store can commit. */
  writable(): Promise<boolean>
}

export interface ReadinessDeps {
  /** commits something; rejects with StoreUnavailable */
  readonly touch: () => Promise<void>
  readonly room: () => 'ok' | 'disk low'
}

export function createReadiness({ touch, room }: ReadinessDeps): Readiness {
  async function writable(): Promise<boolean> {
    try {
      await touch()
      return true
    } catch (error) {
      if (error instanceof StoreUnavailable) return false
      throw error
    }
  }
  return {
    writable,
    async trouble() {
      if (room() === 'disk low') return 'DISK_LOW'
      return (await writable()) ? undefined : 'STORE_UNAVAILABLE'
    },
  }
}
