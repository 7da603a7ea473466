import { label } from '../auth/principal.js'
import type { AuthConfig } from '../config/auth.js'

/** What stands in the place of a key: whoever may see this list may not use what it lists. */
const MASKED = '***'

/**
 * The API keys of the configuration as Alerta lists its own (alerta/models/key.py). Uses are not counted and they have
 * no end: null.
 */
export const configuredKeys = ({ api_keys }: Pick<AuthConfig, 'api_keys'>, baseUrl: string): readonly object[] =>
  api_keys.map(({ text, scopes, customers }, i) => {
    const id = label('key', text, i)
    return {
      id,
      key: MASKED,
      status: 'active',
      href: `${baseUrl}/key/${encodeURIComponent(id)}`,
      user: null,
      scopes,
      type: scopes.some((scope) => /^(write|admin)/.test(scope)) ? 'read-write' : 'read-only',
      text,
      expireTime: null,
      count: null,
      lastUsedTime: null,
      customer: customers[0] ?? null,
    }
  })
