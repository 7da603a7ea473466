import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { countReporter } from './house/count-reporter.js'

const all = ['test/**/*.test.ts']
const house = ['test/house/**/*.test.ts']
/** Of answers that are sent by hand: hono tells them by a class that must be there once. */
const sink = ['test/sink/**/*.test.ts']
/** Nearly all of its two minutes it waits: beside the others. */
const patient = ['test/acceptance/self-alerts.test.ts']
const acceptance = ['test/{acceptance,faults,hostile}/**/*.test.ts', 'test/console/browser/**/*.test.ts']
/** They count bytes, or work as hard as the machine can: nothing may run beside them. */
const alone = [
  'test/acceptance/{backlog,crashes,repeats,strikes,whole-life}.test.ts',
  'test/faults/{disk-full,process}.test.ts',
  'test/hostile/{connections,memory}.test.ts',
]

/**
 * house: rules about the project itself; unit: rooms; acceptance: the built relay in real processes, which wait more than
 * they work; alone: those of them that need the machine for themselves.
 */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    allowOnly: false,
    retry: 0,
    setupFiles: ['test/support/seed.ts'],
    expect: { requireAssertions: true },
    reporters: ['default', countReporter],
    projects: [
      {
        extends: true,
        test: { name: 'patient', include: patient, testTimeout: 240_000, hookTimeout: 60_000, maxWorkers: 3 },
      },
      { extends: true, test: { name: 'house', include: house, testTimeout: 60_000, maxWorkers: 3 } },
      { extends: true, test: { name: 'sink', include: sink, testTimeout: 20_000, maxWorkers: 3 } },
      {
        extends: true,
        test: {
          name: 'unit',
          include: all,
          exclude: [...house, ...sink, ...acceptance],
          testTimeout: 60_000,
          // half of their time went into loading the same modules for each file
          isolate: false,
          maxWorkers: 3,
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: alone,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'acceptance',
          include: acceptance,
          exclude: [...alone, ...patient],
          testTimeout: 240_000,
          hookTimeout: 60_000,
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
