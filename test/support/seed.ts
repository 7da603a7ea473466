import fc from 'fast-check'

/**
 * Properties look at the same cases in each run, so that a change is judged by what it changes. RUNS=5000 (HOSTILE_RUNS for
 * test/hostile) looks at so many others, each time at other ones; a failure names its seed.
 */
const isSearch = process.env.RUNS !== undefined || process.env.HOSTILE_RUNS !== undefined
if (!isSearch) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_122 })
