import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { countReporter } from './house/count-reporter.js'

const all = ['test/**/*.test.ts']
const house = ['test/house/**/*.test.ts']
/** They wait more than they work. */
const operating = [
  'test/acceptance/{keys,moves,operators-http,reload*,repeated-failures,runbook-*,story,traces}.test.ts',
  'test/console/browser/**/*.test.ts',
]
/** Nearly all of its two minutes it waits: beside the unit tests. */
const patient = ['test/acceptance/self-alerts.test.ts']
const acceptance = ['test/{acceptance,faults,hostile}/**/*.test.ts']

/**
 * house: rules about the project itself; unit: rooms; acceptance: the built relay in real processes, one file at a time;
 * operating: the same, side by side.
 */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    allowOnly: false,
    retry: 0,
    expect: { requireAssertions: true },
    reporters: ['default', countReporter],
    projects: [
      { extends: true, test: { name: 'house', include: house, testTimeout: 60_000 } },
      {
        extends: true,
        test: { name: 'unit', include: all, exclude: [...house, ...acceptance, ...operating], testTimeout: 20_000 },
      },
      { extends: true, test: { name: 'patient', include: patient, testTimeout: 240_000, hookTimeout: 60_000 } },
      {
        extends: true,
        test: {
          name: 'acceptance',
          include: acceptance,
          exclude: [...operating, ...patient],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'operating',
          include: operating,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 4,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
