import type { Attributes, Context, SpanContext } from '@opentelemetry/api'
import type { ReadableSpan, SpanExporter, SpanProcessor, TracerConfig } from '@opentelemetry/sdk-trace-node'
import type { Clock } from '../base/clock.js'
import type { Counters } from '../base/counters.js'
import type { Log } from '../base/log.js'
import type { Repeats } from '../base/repeats.js'
import type { Config } from '../config/schema.js'
import { type Draft, subjectOf } from '../model/message.js'
import type { TraceContext } from '../model/trace-context.js'
import type { Receiving, Tracing, Tried, Trying } from '../model/tracing.js'

export interface OtlpDeps {
  readonly config: Config['tracing']
  /** our base_url: which relay it is */
  readonly instance: string
  readonly version: string
  readonly clock: Clock
  readonly log: Log
  readonly counters: Counters
  readonly repeats: Pick<Repeats, 'first'>
}

/** Spans that wait for a collector that is slow or away; some 2 KB each. What comes beyond is dropped and counted. */
const MOST_WAITING = 4_096
const BATCH = 512
const EVERY_MS = 2_000
/** With what the library tries again within; the relay's end waits as long for the last spans. */
const TIMEOUT_MS = 3_000

type Api = typeof import('@opentelemetry/api')

/**
 * Spans `receive`, `commit`, `queue wait` and `attempt` to an OTLP/HTTP collector. The libraries are loaded here and not
 * before. A collector that is away costs a bounded queue of spans, and nothing else.
 */
export async function openOtlpTracing(deps: OtlpDeps): Promise<Tracing> {
  const { config, clock } = deps
  const api = await import('@opentelemetry/api')
  const sdk = await import('@opentelemetry/sdk-trace-node')
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const exporter = new OTLPTraceExporter({
    url: `${config.otlp_endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: TIMEOUT_MS,
  })
  const bounded = createBounded(exporter, deps)
  const provider = new sdk.BasicTracerProvider({
    resource: resourceOf({
      'service.name': config.service_name,
      'service.version': deps.version,
      'service.instance.id': deps.instance,
    }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(config.sample) }),
    spanProcessors: [
      bounded.before(
        new sdk.BatchSpanProcessor(bounded.exporter, {
          maxQueueSize: MOST_WAITING,
          maxExportBatchSize: BATCH,
          scheduledDelayMillis: EVERY_MS,
          exportTimeoutMillis: TIMEOUT_MS * 2,
        }),
      ),
    ],
  })
  const tracer = provider.getTracer('alerta-relay', deps.version)

  function receive(offered: TraceContext | undefined, agoMs: number): Receiving {
    const startTime = clock.now() - agoMs
    const parent = offered === undefined ? api.ROOT_CONTEXT : contextOf(api, offered)
    const span = tracer.startSpan('receive', { kind: api.SpanKind.SERVER, startTime }, parent)
    let from = startTime
    return {
      trace: told(span.spanContext(), offered?.state),
      storing() {
        from = clock.now()
      },
      end(draft, became) {
        const inside = api.trace.setSpan(api.ROOT_CONTEXT, span)
        tracer.startSpan('commit', { startTime: from }, inside).end(clock.now())
        span.setAttributes({ ...ofDraft(draft), 'alerta_relay.became': became })
        span.end(clock.now())
      },
    }
  }

  function attempt(tried: Tried): Trying {
    const { message } = tried
    if (message.trace === undefined) return { trace: undefined, end() {} }
    const parent = contextOf(api, message.trace)
    const attributes = ofTried(tried)
    const startTime = clock.now()
    if (tried.attempt === 1) {
      tracer.startSpan('queue wait', { startTime: message.acceptedAt, attributes }, parent).end(startTime)
    }
    const span = tracer.startSpan('attempt', { kind: api.SpanKind.CLIENT, startTime, attributes }, parent)
    return {
      trace: told(span.spanContext(), message.trace.state),
      end({ kind, status, note }) {
        span.setAttributes({
          'alerta_relay.outcome': kind,
          ...(status === null ? {} : { 'http.response.status_code': status }),
        })
        const failed = kind !== 'delivered' && kind !== 'suppressed'
        if (failed) span.setStatus({ code: api.SpanStatusCode.ERROR, message: note })
        span.end(clock.now())
      },
    }
  }

  /** Never fails: whether the last spans arrive changes nothing about how the relay ends. */
  async function close(): Promise<void> {
    try {
      await provider.shutdown()
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause)
      deps.log.debug({ error }, 'spans not exported')
    }
  }

  return { receive, attempt, close }
}

function contextOf(api: Api, { traceId, spanId, flags, state }: TraceContext): Context {
  const traceState = state === undefined ? undefined : api.createTraceState(state)
  const traceFlags = Number.parseInt(flags, 16)
  const context: SpanContext = { traceId, spanId, traceFlags, isRemote: true, ...(traceState && { traceState }) }
  return api.trace.setSpanContext(api.ROOT_CONTEXT, context)
}

/** What is not ours to read is passed on as it came. */
const told = ({ traceId, spanId, traceFlags }: SpanContext, state: string | undefined): TraceContext => ({
  traceId,
  spanId,
  flags: traceFlags.toString(16).padStart(2, '0'),
  state,
})

const ofDraft = (draft: Draft): Attributes => ({
  'alerta_relay.message': draft.messageId,
  'alerta_relay.kind': draft.kind,
  'alerta_relay.subject': subjectOf(draft),
  'alerta_relay.credential': draft.credential,
  'alerta_relay.request': draft.requestId,
})

const ofTried = ({ destination, attempt, message }: Tried): Attributes => ({
  'alerta_relay.message': message.messageId,
  'alerta_relay.kind': message.kind,
  'alerta_relay.subject': message.alertId,
  'alerta_relay.destination': destination,
  'alerta_relay.request': message.requestId,
  ...(attempt === undefined ? {} : { 'alerta_relay.attempt': attempt }),
})

/** Who tells the spans; the library for it would look at the whole machine. */
function resourceOf(attributes: Record<string, string>): NonNullable<TracerConfig['resource']> {
  const resource: NonNullable<TracerConfig['resource']> = {
    attributes,
    merge: () => resource,
    getRawAttributes: () => Object.entries(attributes),
  }
  return resource
}

/** Counts the spans that wait, and those that no collector got. */
function createBounded(
  exporter: SpanExporter,
  { log, counters, repeats }: OtlpDeps,
): { readonly exporter: SpanExporter; before(next: SpanProcessor): SpanProcessor } {
  let waiting = 0
  const dropped = (spans: number): void => {
    for (let i = 0; i < spans; i += 1) counters.add('spans dropped')
  }
  return {
    exporter: {
      export(spans: ReadableSpan[], done) {
        exporter.export(spans, (result) => {
          waiting -= spans.length
          if (result.error !== undefined || result.code !== 0) {
            dropped(spans.length)
            const error = result.error?.message ?? 'no answer'
            if (repeats.first('spans not exported', {})) log.warn({ error, spans: spans.length }, 'spans not exported')
            else log.debug({ error, spans: spans.length }, 'spans not exported')
          }
          done(result)
        })
      },
      shutdown: () => exporter.shutdown(),
      forceFlush: async () => exporter.forceFlush?.(),
    },
    before: (next) => ({
      onStart: (...started) => next.onStart(...started),
      onEnd(span) {
        const isSampled = (span.spanContext().traceFlags & 1) === 1
        if (!isSampled) return
        if (waiting >= MOST_WAITING) return dropped(1)
        waiting += 1
        next.onEnd(span)
      },
      shutdown: () => next.shutdown(),
      forceFlush: () => next.forceFlush(),
    }),
  }
}
