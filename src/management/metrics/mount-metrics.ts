import type { Env, Hono, MiddlewareHandler } from 'hono'
import type { Figures } from './families.js'
import type { Measures } from './measures.js'

export interface ScrapeDeps {
  /** of open-metrics.ts */
  readonly read: () => Promise<Figures>
  readonly measures: Pick<Measures, 'histograms'>
}

/**
 * `GET /management/metrics` (scope read:management): OpenMetrics 1.0 for a scraper that accepts it, else Prometheus' text
 * format 0.0.4. docs/monitoring/README.md lists all names.
 */
export function mountMetrics<E extends Env>(api: Hono<E>, gate: MiddlewareHandler<E>, deps: ScrapeDeps): void {
  api.get('/management/metrics', gate, async (c) => {
    // the library for it is loaded when somebody asks for the first time
    const { CONTENT_TYPES, exposition, formatFor } = await import('./exposition.js')
    const format = formatFor(c.req.header('accept'))
    const page = await exposition(await deps.read(), deps.measures.histograms, format)
    return c.body(page, 200, { 'content-type': CONTENT_TYPES[format] })
  })
}
