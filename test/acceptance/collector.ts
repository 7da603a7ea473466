import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A span as OTLP/HTTP tells it in JSON. */
export interface TracedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
  readonly status: { readonly code?: number; readonly message?: string }
}

export interface Collector {
  readonly url: string
  readonly spans: readonly TracedSpan[]
  /** all that it got, as it came */
  readonly texts: readonly string[]
  readonly authorizations: readonly (string | undefined)[]
  /** of the spans' resource */
  service(): string | undefined
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: TracedSpan['attributes'] }
    readonly scopeSpans: readonly { readonly spans: readonly TracedSpan[] }[]
  }[]
}

/** A small OpenTelemetry collector on a real socket. */
export async function startCollector(): Promise<Collector> {
  const texts: string[] = []
  const authorizations: (string | undefined)[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const wanted = request.method === 'POST' && request.url === '/v1/traces'
      if (wanted) texts.push(text)
      authorizations.push(request.headers.authorization)
      response.writeHead(wanted ? 200 : 404, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const exports = () => texts.map((text) => JSON.parse(text) as Export).flatMap(({ resourceSpans }) => resourceSpans)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    texts,
    authorizations,
    get spans() {
      return exports().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    },
    service() {
      const [first] = exports()
      return first?.resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue as string
    },
  }
}
