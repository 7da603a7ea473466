import { expect, test } from 'vitest'
import { cut, folded } from '../../src/cli/grid.js'
import { textWidth } from '../../src/cli/text-width.js'

test.each([
  ['web01', 5],
  ['Größe', 5],
  ['o\u0308', 1],
  ['🔥💥', 4],
  ['右から左', 8],
  ['שלום', 4],
  ['ＡＢ', 4],
  ['', 0],
])('%s takes %i columns of a terminal', (text, width) => {
  expect(textWidth(text)).toBe(width)
})

test.each(['🔥💥🔥💥🔥💥', '右から左右から左', 'x'.repeat(200), `a ${'💥'.repeat(30)} b`, 'Größe'.repeat(9)])(
  'no line with %s is wider than the terminal',
  (text) => {
    for (const width of [7, 10, 24]) {
      expect(textWidth(cut(text, width))).toBeLessThanOrEqual(width)
      const lines = folded(text, width)
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
    }
  },
)
