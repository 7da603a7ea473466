import { iso } from '../base/clock.js'
import { percentEncoded } from '../base/percent.js'
import { type Blackout, blackoutStatus, priorityOf } from '../model/blackout.js'

/** A blackout as Alerta's API shows it (alerta/models/blackout.py: serialize). `now`: epoch ms. */
export const shownBlackout = (blackout: Blackout, now: number, baseUrl: string): Readonly<Record<string, unknown>> => ({
  ...blackout,
  href: `${baseUrl}/blackout/${percentEncoded(blackout.id)}`,
  priority: priorityOf(blackout),
  startTime: iso(blackout.startTime),
  endTime: iso(blackout.endTime),
  createTime: iso(blackout.createTime),
  status: blackoutStatus(blackout, now),
  remaining: Math.max(0, Math.ceil((blackout.endTime - Math.max(now, blackout.startTime)) / 1_000)),
})
