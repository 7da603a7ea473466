import type { Activity, Happening } from '../base/activity.js'

/** The newest messages that were recognised as loops and copies, so that somebody can see which way they came. */
export interface Suppressed {
  /** An activity that everything is noted in as before. */
  watch(activity: Activity): Activity
  /** Newest first. */
  list(): readonly Happening[]
}

/** As the way in logs it (ingress/accept.ts, ingress/loop-guard.ts). */
const TEXT = 'message suppressed'
const KEPT = 500

export function createSuppressed(now: () => number): Suppressed {
  const ring: Happening[] = []
  let count = 0
  return {
    watch: (activity) => ({
      ...activity,
      note(level, fields, text) {
        activity.note(level, fields, text)
        if (text !== TEXT) return
        count += 1
        ring[(count - 1) % KEPT] = { id: String(count), at: now(), level, text, fields: fields as Happening['fields'] }
      },
    }),
    list: () => ring.toSorted((a, b) => Number(b.id) - Number(a.id)),
  }
}
