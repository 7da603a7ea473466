import type { Reporter, TestModule } from 'vitest/node'

interface Count {
  readonly passed: number
  readonly failed: number
  /** skipped, or never reached */
  readonly notRun: number
}

/** A file or group that failed as a whole (did not load, its hook threw) counts as one failure, so does a stray error. */
function count(modules: readonly TestModule[], strayErrors: number): Count {
  const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state))
  const passed = states.filter((state) => state === 'passed').length
  const failedTests = states.filter((state) => state === 'failed').length
  const groups = modules.flatMap((module) => [module, ...module.children.allSuites()])
  const failedGroups = groups.filter((group) => group.errors().length > 0).length
  return {
    passed,
    failed: failedTests + failedGroups + strayErrors,
    notRun: states.length - passed - failedTests,
  }
}

/** Ends the output with a line that a person or a script can read without knowing the test runner. */
export const countReporter: Reporter = {
  onTestRunEnd(modules, errors) {
    const { passed, failed, notRun } = count(modules, errors.length)
    if (notRun > 0) process.stdout.write(`${notRun} not run\n`)
    process.stdout.write(`${passed} passed, ${failed} failed\n`)
  },
}
