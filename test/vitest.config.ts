import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { countReporter } from './house/count-reporter.js'

const all = ['test/**/*.test.ts']
const house = ['test/house/**/*.test.ts']
const acceptance = ['test/{acceptance,faults,hostile}/**/*.test.ts', 'test/console/browser/**/*.test.ts']

/** house: rules about the project itself; unit: rooms; acceptance: the built relay in real processes, one file at a time. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    allowOnly: false,
    retry: 0,
    expect: { requireAssertions: true },
    reporters: ['default', countReporter],
    projects: [
      { extends: true, test: { name: 'house', include: house, testTimeout: 60_000 } },
      { extends: true, test: { name: 'unit', include: all, exclude: [...house, ...acceptance], testTimeout: 20_000 } },
      {
        extends: true,
        test: {
          name: 'acceptance',
          include: acceptance,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
