import type { QueueStatus } from '../store/contract.js'

/** A line of Alerta's list of metrics (alerta/models/metrics.py): what its web UI and `alerta status` show of a server. */
export type Metric = { readonly group: string; readonly name: string; readonly title: string } & (
  | { readonly type: 'gauge'; readonly value: number }
  | { readonly type: 'counter'; readonly count: number }
)

/** Every queue and every count since the start. */
export const metricsOf = (queues: readonly QueueStatus[], counters: Readonly<Record<string, number>>): Metric[] => [
  ...queues.flatMap(({ destination: name, rows, dead }): Metric[] => [
    { group: 'queued', name, title: `Waiting for ${name}`, type: 'gauge', value: rows },
    { group: 'dead', name, title: `Dead letters of ${name}`, type: 'gauge', value: dead },
  ]),
  ...Object.entries(counters).map(([counter, count]): Metric => {
    const [group = '', ...rest] = counter.split('.')
    const name = rest.join('.')
    return { group, name, title: `${group} ${name}`.trim(), type: 'counter', count }
  }),
]
