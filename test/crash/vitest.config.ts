import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** The long runs, `npm run crash` and `npm run soak`: no part of `npm test`, and bounded by themselves. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/crash/*.long.ts', 'test/soak/*.long.ts'],
    testTimeout: 3 * 3_600_000,
    expect: { requireAssertions: true },
    retry: 0,
  },
})
