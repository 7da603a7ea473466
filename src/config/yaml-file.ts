import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'
import type { Path, Problem } from './problem.js'

/** A parsed file: its plain values, and where in the text they stand. */
export interface YamlFile {
  readonly value: unknown
  /** the line of a path or, where it is absent, of the nearest thing around it */
  lineOf(path: Path): number | undefined
}

export type ParsedYaml = { readonly ok: true; readonly file: YamlFile } | { readonly ok: false; problems: Problem[] }

/** YAML 1.2. The parser's own texts quote the file, secrets included, so the problems are worded here by its codes. */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  const problems = new Map<number, Problem>()
  for (const { code, at } of mistakes(document).sort((a, b) => a.at - b.at)) {
    const { line, col } = lines.linePos(at)
    // one mistake makes the parser stumble several times in its line
    if (!problems.has(line)) {
      problems.set(line, { path: '', message: `column ${col}: ${explain(code, lineText(text, line))}`, line })
    }
  }
  if (problems.size > 0) return { ok: false, problems: [...problems.values()] }
  // the file is the operator's own: no limit for its anchors
  const value: unknown = document.toJS({ maxAliasCount: -1 })
  return { ok: true, file: { value, lineOf: (path) => lineOf(document, lines, path) } }
}

interface Mistake {
  readonly code: string
  readonly at: number
}

function mistakes(document: Document.Parsed): Mistake[] {
  const found: Mistake[] = [...document.errors, ...document.warnings].map(({ code, pos }) => ({ code, at: pos[0] }))
  visit(document, {
    Alias(_, alias, ancestors) {
      const target = alias.resolve(document)
      const at = alias.range?.[0] ?? 0
      if (target === undefined) found.push({ code: 'BAD_ALIAS', at })
      else if (ancestors.includes(target)) found.push({ code: 'ALIAS_CYCLE', at })
    },
  })
  return found
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  ALIAS_CYCLE: 'this alias stands inside the very value it names',
  BAD_ALIAS: 'a value that begins with * must stand in quotes',
  BAD_DQ_ESCAPE: 'a backslash in double quotes must be doubled; in single quotes it stands for itself',
  BAD_INDENT: 'the indentation does not fit the lines before, or a bracket is not closed',
  BAD_SCALAR_START: 'a value that begins with @, ` or % must stand in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a value with a colon and a blank in it must stand in quotes',
  DUPLICATE_KEY: 'this key stands here a second time; keep one of the two',
  MISSING_CHAR: 'a quote, colon, comma or bracket is missing here or just before',
  MULTIPLE_DOCS: 'the file must hold one document; remove the line ---',
  NON_STRING_KEY: 'a key must be a text',
  TAB_AS_INDENT: 'lines must be indented with blanks, not with tabs',
  TAG_RESOLVE_FAILED: 'a value that begins with ! must stand in quotes',
}

const NAME_IN_FLOW = 'inside [ ] and { } a ${NAME} must stand in quotes: "${NAME}"'

function explain(code: string, line: string): string {
  // "${" opens a map there, and the parser then misses a comma or finds too much
  const stumbled = code === 'MISSING_CHAR' || code === 'UNEXPECTED_TOKEN'
  if (stumbled && /[\s,:[{]\$\{/.test(line)) return NAME_IN_FLOW
  return EXPLANATIONS[code] ?? 'is not valid YAML; a value with special characters must stand in quotes'
}

const lineText = (text: string, line: number): string => text.split('\n')[line - 1] ?? ''

function lineOf(document: Document.Parsed, lines: LineCounter, path: Path): number | undefined {
  let node: Node | null | undefined = document.contents
  let found: Node | null | undefined
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part)
      if (pair === undefined) break
      found = pair.key as Node
      node = pair.value as Node | null
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part] as Node | undefined
      if (node === undefined) break
      found = node
    } else break
  }
  const start = found?.range?.[0]
  return start === undefined ? undefined : lines.linePos(start).line
}
