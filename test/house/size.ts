import { finding, type Rule, type Source } from './source.js'

const LONGEST = 300

const lines = (of: Source): number => of.text.split('\n').length - (of.text.endsWith('\n') ? 1 : 0)

export const shortFiles: Rule = {
  name: `no file is longer than ${LONGEST} lines`,
  check: (of) => (lines(of) > LONGEST ? [finding(of, undefined, `${lines(of)} lines`)] : []),
}

/** Of an even number of files the lower of the two in the middle. */
export function medianLines(sources: readonly Source[]): number {
  const sorted = sources.map(lines).sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
}
