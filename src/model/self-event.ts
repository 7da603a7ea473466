/** What the relay raises alerts of itself about: their `event`. */
export const SELF_EVENTS = [
  'DestinationNotFlowing',
  'QueueFilling',
  'DeliveriesNearMaxAge',
  'DeadLetters',
  'NeedsResync',
  'DiskLow',
  'ClockJumped',
  'CredentialEnds',
] as const
export type SelfEvent = (typeof SELF_EVENTS)[number]
