/** Told of what is measured and not only counted; each call costs about a microsecond. Times in ms. */
export interface Meter {
  /** A write was taken in, or found to be known, within so many ms since its request began. */
  received(kind: string, ms: number): void
  /** One try at a destination has ended. */
  attempted(destination: string, ms: number): void
  /** A delivery has come to its end by an attempt, so long after its message was accepted. */
  settled(destination: string, ageMs: number): void
  /** A transaction is on disk: so many units of work shared it. */
  committed(units: number, ms: number): void
}

/** Where nobody looks. */
export const noMeter: Meter = { received() {}, attempted() {}, settled() {}, committed() {} }
