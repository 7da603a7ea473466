/** Where a message stands in a trace (W3C Trace Context, level 1); it goes along from relay to relay. */
export interface TraceContext {
  /** 32 hexadecimal digits */
  readonly traceId: string
  /** 16 hexadecimal digits: of the step before */
  readonly spanId: string
  /** 2 hexadecimal digits; the lowest bit: somebody records it */
  readonly flags: string
  /** what tracing systems along the way left for each other; undefined: nothing */
  readonly state: string | undefined
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
/** Printable ASCII, as in any header; what stands in it is nobody's business here. */
const STATE = /^[\x20-\x7e]*$/
/** What must be passed on at least (3.3.1.5); a longer one is left out, as is allowed. */
const LONGEST_STATE = 512
const PARENT_LENGTH = 55

/** Of the headers traceparent and tracestate; undefined where there is none, or none that can be (2.2.2, 4.3). */
export function parseTrace(parent: string | undefined, state: string | undefined): TraceContext | undefined {
  const [, version, traceId, spanId, flags, more] = TRACEPARENT.exec(parent ?? '') ?? []
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  const kept = state !== undefined && state !== '' && state.length <= LONGEST_STATE && STATE.test(state)
  return { traceId, spanId, flags, state: kept ? state : undefined }
}

/** In the one version that is known here, whatever version it came in. */
export const traceparent = ({ traceId, spanId, flags }: TraceContext): string => `00-${traceId}-${spanId}-${flags}`

/** One text, to be kept: the first header has one length. */
export const traceText = (trace: TraceContext): string => traceparent(trace) + (trace.state ?? '')

export const traceOf = (text: string): TraceContext | undefined =>
  parseTrace(text.slice(0, PARENT_LENGTH), text.slice(PARENT_LENGTH))

/** The next step in the same trace. */
export const childOf = (trace: TraceContext, spanId: string): TraceContext => ({ ...trace, spanId })
