import { agoOrIn, exactly, moment } from '../format.js'

/** A moment in the viewer's time zone. */
export const Moment = ({ at }: { at: string | number }) => (
  <time dateTime={new Date(at).toISOString()} title={exactly(at)} class="nowrap">
    {moment(at)}
  </time>
)

/** The same, and how long ago that is. */
export const MomentAndAge = ({ at }: { at: string | number }) => (
  <>
    <Moment at={at} /> <span class="muted nowrap">({agoOrIn(at)})</span>
  </>
)
