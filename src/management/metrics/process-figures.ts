import { readdirSync } from 'node:fs'
import { createHistogram, type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { Sample } from './families.js'

/** What the process itself takes, under the names that Prometheus' clients agree on. */
export interface ProcessFigures {
  /** The delay of the event loop is that since the last call. */
  read(): Readonly<Record<string, readonly Sample[]>>
}

/** ms; finer costs more than it tells */
const RESOLUTION_MS = 20
const NS = 1e9

export function createProcessFigures(startedAt: number): ProcessFigures {
  let delay: IntervalHistogram | undefined
  return {
    read() {
      const { user, system } = process.cpuUsage()
      const { rss, external } = process.memoryUsage()
      const { used_heap_size: used, total_heap_size: total } = getHeapStatistics()
      // from the first scrape on: where nobody asks nothing is measured
      const lag = delay ?? createHistogram()
      const seconds = (ns: number): readonly Sample[] => [[{}, lag.count === 0 ? 0 : ns / NS]]
      const figures = {
        process_cpu_user_seconds_total: one(user / 1e6),
        process_cpu_system_seconds_total: one(system / 1e6),
        process_cpu_seconds_total: one((user + system) / 1e6),
        process_resident_memory_bytes: one(rss),
        process_start_time_seconds: one(startedAt / 1_000),
        process_open_fds: openFiles(),
        nodejs_heap_size_total_bytes: one(total),
        nodejs_heap_size_used_bytes: one(used),
        nodejs_external_memory_bytes: one(external),
        nodejs_eventloop_lag_mean_seconds: seconds(lag.mean),
        nodejs_eventloop_lag_p50_seconds: seconds(lag.percentile(50)),
        nodejs_eventloop_lag_p99_seconds: seconds(lag.percentile(99)),
        nodejs_eventloop_lag_max_seconds: seconds(lag.max),
      }
      if (delay === undefined) {
        delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
        delay.enable()
      } else delay.reset()
      return figures
    },
  }
}

const one = (value: number): readonly Sample[] => [[{}, value]]

/** Where the system tells it (Linux). */
function openFiles(): readonly Sample[] {
  try {
    // the directory that is being read is one of them
    return one(readdirSync('/proc/self/fd').length - 1)
  } catch {
    return []
  }
}
