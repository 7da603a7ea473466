import type { Context } from 'hono'
import type { Settings } from '../model/settings.js'
import type { UserSettings } from '../store/user-settings.js'
import { type Answer, OK } from './answers.js'
import type { Check } from './checks.js'
import type { Visit } from './entrance.js'
import type { IngressEnv } from './env.js'
import { readObject } from './receive-alert.js'
import { Refused } from './refused.js'

export interface SettingsDeps {
  readonly settings: UserSettings
}

const attributesOf = (fields: Settings): Settings | undefined => {
  const { attributes } = fields
  const isObject = typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes)
  return isObject && Object.keys(attributes).length > 0 ? (attributes as Settings) : undefined
}

const problem: Check = ({ fields }) =>
  attributesOf(fields) === undefined ? "must supply 'attributes' as json data" : undefined

/** GET /user/me/attributes. The web UI asks on every page: who has set nothing, or is nobody, has none. */
export function createGetSettings({ settings }: SettingsDeps) {
  return async (c: Context<IngressEnv>): Promise<Response> => {
    const visitor = c.get('visitor')
    const attributes = visitor === undefined ? {} : await settings.get(visitor)
    return c.json({ status: 'ok', total: 1, attributes })
  }
}

/** PUT /user/me/attributes, with what changes. */
export function createPutSettings({ settings }: SettingsDeps): (visit: Visit) => Promise<Answer> {
  return async ({ body, principal }) => {
    const { fields } = readObject(body, problem)
    const merged = await settings.merge(principal.name, attributesOf(fields) ?? {})
    if (merged === 'too large') throw new Refused(400, 'attributes are too large')
    return OK
  }
}
