import { expect, test } from 'vitest'
import { readAssignments } from '../../../src/config/alertad/assignments.js'
import { plain } from '../../../src/config/alertad/plain.js'
import type { Assigned } from '../../../src/config/alertad/reader.js'
import { parsePython } from '../../../src/config/alertad/syntax.js'

function assignments(text: string) {
  const parsed = parsePython(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistake))
  return readAssignments(parsed.file)
}

const shown = (assigned: Assigned | undefined): unknown => {
  if (assigned === undefined) return undefined
  return 'value' in assigned ? plain(assigned.value) : { line: assigned.line, unreadable: assigned.unreadable }
}

/** What A stands for at the end. */
const valueOfA = (text: string): unknown => shown(assignments(text).names.get('A'))

function mistakeIn(text: string): string | undefined {
  const parsed = parsePython(text)
  return parsed.ok ? undefined : `${parsed.mistake.line}: ${parsed.mistake.message}`
}

test.each<[string, unknown]>([
  ["A = 'x'", 'x'],
  ['A = "it\'s"', "it's"],
  ["A = 'a' \"b\" r'\\d' u'c'", 'ab\\dc'],
  ["A = 'a' \\\n  'b'", 'ab'],
  ['A = """one\ntwo"""', 'one\ntwo'],
  [
    String.raw`A = 'tab\t nl\n quote\' back\\ hex\x41 oct\101 u\u00e9 U\U0001F600 other\d'`,
    "tab\t nl\n quote' back\\ hexA octA ué U😀 other\\d",
  ],
  ["A = 'one\\\ntwo'", 'onetwo'],
  ["A = '${NOT_OURS}'", '$${NOT_OURS}'],
  ["B = '$'\nA = B + '{X}'", '$${X}'],
  ["B = 'b'\nA = f'a{B}c{{}}{1 + 1}'", 'abc{}2'],
  ["B = 'b'\nA = rf'\\d{B}'", '\\db'],
  ['A = 0x1F + 1_000 - 2.5 * 2', 1026],
  ['A = 10 * 60 // 7 % 50', 35],
  ['A = -5', -5],
  ['A = not None', true],
  ['A = None', null],
  ["A = ['a', ('b', 1), {2}, ]  # comment", ['a', ['b', 1], [2]]],
  ['B = [1]\nA = [0, *B] + [2]', [0, 1, 2]],
  ['A = ()', []],
  ["A = ('x')", 'x'],
  ["A = ('x',)", ['x']],
  ["A = 'x', 'y'", ['x', 'y']],
  ["B = {'x': 1}\nA = {'y': 2, **B}", { y: 2, x: 1 }],
  ["B = dict(x=1)\nA = dict(B, y=2, **{'z': 3})", { x: 1, y: 2, z: 3 }],
  ["B = {'x': ['p', 'q']}\nA = B['x'][-1]", 'q'],
  ['A = B = 3', 3],
  ['A: int = 3', 3],
  ['B, A = 1, 2', 2],
  ['(B, A) = (1, 2)', 2],
  ['A = [1]; A += [2]\nA.append(3)\nA.extend([4])', [1, 2, 3, 4]],
  ["A = 'a'\nA += 'b'", 'ab'],
  ['B = A = [1]\nB.append(2)\nB = 0', [1, 2]],
  ["A = {}\nA['x'] = 1\nA.update(dict(y=2))", { x: 1, y: 2 }],
  ["A = 'x' if 1 > 0 else 'y'", { line: 1, unreadable: 'is worked out by a piece of program' }],
  ["B = True\nA = 'x' if B else 'y'", 'x'],
  ["B = 'b'\nif B == 'c':\n    A = 1\nelif B == 'b':\n    A = 2\nelse:\n    A = 3", 2],
  ['if False:\n    A = 1\nelse:\n    A = 2', 2],
  ["A = '' or 'x'", 'x'],
  ["A = 'a,b'.split(',')", ['a', 'b']],
  ["A = ' X '.strip().lower()", 'x'],
  ["A = int('5')", 5],
  ['A = 1\ndel A', undefined],
  ['A = 1\ndef f():\n    A = 2\n', 1],
  ["import os\nA = os.environ.get('X', 'd')", '${X:-d}'],
  ["from os import environ\nA = 'http://' + environ['HOST'] + ':80'", 'http://${HOST}:80'],
  ["import os\nA = os.getenv('X') or 'd'", '${X:-d}'],
  ['import os\nA = f"{os.environ[\'X\']}/api"', '${X}/api'],
  ["import os\nA = int(os.environ.get('X', 5))", '${X:-5}'],
])('%s', (text, expected) => {
  expect(valueOfA(`${text}\n`)).toEqual(expected)
})

test.each<[string, number, RegExp]>([
  ["A = open('/etc/passwd').read()", 1, /depends|calls/],
  ["\nA = __import__('os').system('touch /tmp/x')", 2, /./],
  ['A = (lambda: 1)()', 1, /./],
  ['A = [x for x in range(3)]', 1, /piece of program/],
  ['A = B', 1, /uses B, which is not assigned above/],
  ["B = eval('1')\n\nA = B", 3, /uses B, which could not be read/],
  ["import os\nif os.environ.get('X'):\n    A = 1\n", 2, /depends on a condition/],
  ['for A in [1, 2]:\n    pass\n', 1, /piece of program/],
  ['try:\n    A = 1\nexcept Exception:\n    A = 2\n', 1, /piece of program/],
  ['A = [1]\nA.sort()\n', 2, /changed in a way/],
  ["A = b'bytes'", 1, /bytes/],
  ["A = '%s' % 'x'", 1, /piece of program/],
  ["import os\nA = os.environ['X'] == 'yes'", 2, /environment/],
  ["import os\nA = os.environ['X'].split(',')", 2, /environment/],
  ["import os\nA = os.environ.get('X', 'a}b')", 2, /environment/],
])('what only a run would tell is not guessed: %s', (text, line, why) => {
  expect(valueOfA(text)).toEqual({ line, unreadable: expect.stringMatching(why) })
})

test('a file cannot fill the memory or the stack of the import', () => {
  const doubled = (first: string) => [`A = ${first}`, ...Array.from({ length: 60 }, () => 'A = A + A')].join('\n')
  expect(valueOfA(doubled("'xxxxxxxx'"))).toMatchObject({ unreadable: expect.stringMatching(/could not be read/) })
  expect(valueOfA(doubled('[1]'))).toMatchObject({ unreadable: expect.stringMatching(/could not be read/) })
  const grown = (first: string) => [`A = ${first}`, ...Array.from({ length: 60 }, () => 'A += A')].join('\n')
  expect(valueOfA(grown("'xxxxxxxx'"))).toMatchObject({ unreadable: expect.any(String) })
  expect(valueOfA(grown('[1]'))).toMatchObject({ unreadable: expect.any(String) })
  const shared = ['A = [1]', ...Array.from({ length: 60 }, () => 'A = [A, A]')].join('\n')
  expect(valueOfA(shared)).toBeUndefined()
  expect(valueOfA(`A = ${'['.repeat(300)}${']'.repeat(300)}`)).toMatchObject({ unreadable: 'is nested too deep' })
})

test.each<[string, string, string]>([
  [
    'an open bracket',
    "A = 1\nB = [\n  'x',\n  'y'\nC = 2\n",
    '2: the bracket [ that opens here is not closed, or a comma is missing in it',
  ],
  [
    'a missing comma',
    "A = [\n  ('http://a', {'key': 'k'} ['*']),\n  ('b' {}),\n]\n",
    '3: the bracket ( that opens here is not closed, or a comma is missing in it',
  ],
  ['an open text', "A = 'x\nB = 2\n", '1: a text that begins here does not end'],
  ['an open text of several lines', '\nA = """x\nB = 2\n', '2: a text that begins here does not end'],
  ['an indented line', 'A = 1\n  B = 2\n', '2: is indented, and nothing above it opens a block'],
  [
    'another language',
    '{"base_url": "x"\n',
    '1: the bracket { that opens here is not closed, or a comma is missing in it',
  ],
  ['two equal signs', "A = = 'secret'\n", '1: is no valid Python at column 5'],
])('%s is told with its line, and without what stands there', (_, text, expected) => {
  const found = mistakeIn(text)
  expect(found).toEqual(expected)
  expect(found).not.toContain('secret')
})

test('a byte order mark, Windows line ends and an empty file are no mistakes', () => {
  expect(shown(assignments("\uFEFFB = 1\r\nA = [\r\n  'x',\r\n]\r\n").names.get('A'))).toEqual(['x'])
  expect(mistakeIn('')).toBeUndefined()
})
