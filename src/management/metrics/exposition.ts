import { Counter, Gauge, type Metric, Registry, type RegistryContentType } from 'prom-client'
import { unreachable } from '../../base/unreachable.js'
import { FAMILIES, type FamilyName, type Figures, type Sample } from './families.js'
import type { Histogram } from './histogram.js'

/** The two formats that a scraper may ask for. */
export type Format = 'text' | 'openmetrics'

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
}

/** A scraper that knows OpenMetrics says so (Prometheus does); all others get the text of old. */
export const formatFor = (accept: string | undefined): Format =>
  accept?.includes('application/openmetrics-text') ? 'openmetrics' : 'text'

/**
 * The page of a scrape. Counters and gauges are made anew for each, out of what was just read: the registry keeps
 * nothing, and prom-client renames counters in a registry of OpenMetrics for good.
 */
export async function exposition(figures: Figures, histograms: readonly Histogram[], format: Format): Promise<string> {
  const registry = new Registry<RegistryContentType>()
  if (format === 'openmetrics') registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  const untyped: string[] = []
  for (const [name, samples] of Object.entries(figures) as [FamilyName, readonly Sample[]][]) {
    if (samples.length === 0) continue
    const { type, help, labels } = FAMILIES[name]
    const shape = { name, help, labelNames: [...labels], registers: [registry] }
    switch (type) {
      case 'counter': {
        const counter = new Counter(shape)
        for (const [of, value] of samples) counter.inc(of, value)
        break
      }
      case 'gauge': {
        const gauge = new Gauge(shape)
        for (const [of, value] of samples) gauge.set(of, value)
        break
      }
      case 'untyped':
        for (const [, value] of samples) untyped.push(...untypedLines(name, help, value, format))
        break
      default:
        unreachable(type)
    }
  }
  for (const histogram of histograms) registry.registerMetric(asMetric(histogram))
  return [...untyped, await registry.metrics()].join('\n')
}

/** A registry asks a metric for no more than this. */
const asMetric = (histogram: Histogram): Metric =>
  ({ ...histogram, get: async () => ({ ...histogram, values: histogram.lines() }) }) as unknown as Metric

/** prom-client knows no such type. */
const untypedLines = (name: string, help: string, value: number, format: Format): readonly string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${format === 'text' ? 'untyped' : 'unknown'}`,
  `${name} ${value}`,
]
