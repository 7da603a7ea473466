import type { Settings } from '../model/settings.js'

/** What users keep here for the web UI. Rejects with StoreUnavailable. */
export interface UserSettings {
  /** `who`: the name of a principal. Empty where nothing was set. */
  get(who: string): Promise<Settings>
  /** By mergeSettings. 'too large': nothing has changed. */
  merge(who: string, changes: Settings): Promise<'merged' | 'too large'>
}
