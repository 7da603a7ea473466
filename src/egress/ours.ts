import type { Identity } from '../model/identity.js'

/** What a destination is told about us. */
export interface Ours {
  /** as configured, for it stands so in X-Alerta-Loop */
  readonly baseUrl: string
  /** base_url and also_known_as */
  readonly identities: ReadonlySet<Identity>
  readonly version: string
}
