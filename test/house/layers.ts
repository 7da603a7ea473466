import { finding, importsOf, type Rule, type Source } from './source.js'

/** The rooms under src/, lowest row first; a file imports its own room or a lower row. */
const ROWS: readonly (readonly string[])[] = [
  ['base'],
  ['model'],
  ['config'],
  ['auth'],
  ['routing', 'ledger', 'egress', 'store'],
  ['ingress', 'reading', 'delivery', 'management', 'console', 'sink'],
  ['relay'],
  ['cli'],
  ['main'],
]

const FILES_AT_THE_TOP = ['relay', 'main']
/** A file that has grown a folder beside it. */
const FOLDERS_TOO = ['relay']

interface Place {
  readonly room: string
  readonly row: number
}

/** The room of "src/store/contract" or "src/relay.ts"; undefined where the plan knows none. */
function placeOf(path: string): Place | undefined {
  const [top, first, ...rest] = path.replace(/\.tsx?$/, '').split('/')
  if (top !== 'src' || first === undefined) return undefined
  if ((rest.length === 0) !== FILES_AT_THE_TOP.includes(first) && !(rest.length > 0 && FOLDERS_TOO.includes(first))) {
    return undefined
  }
  const row = ROWS.findIndex((rooms) => rooms.includes(first))
  return row === -1 ? undefined : { room: first, row }
}

/**
 * The console's pages run in browsers. Of the relay they know the types of what it answers, which leave nothing behind;
 * code they have only their own.
 */
const PAGES = 'src/console/app/'

const inSrc = (of: Source): boolean => of.path.startsWith('src/')

export const knownRooms: Rule = {
  name: 'every file under src/ is in a room of the plan',
  check: (of) =>
    inSrc(of) && placeOf(of.path) === undefined ? [finding(of, undefined, 'is in no room of DESIGN §5')] : [],
}

export const layers: Rule = {
  name: 'a file imports its own room or a lower row',
  check(of) {
    const own = placeOf(of.path)
    if (own === undefined) return []
    return importsOf(of).flatMap(({ node, target, isOnlyTypes }) => {
      if (target === undefined) return []
      const other = placeOf(target)
      if (of.path.startsWith(PAGES) && other !== undefined && other.room !== 'relay') {
        return isOnlyTypes || target.startsWith(PAGES) ? [] : [finding(of, node, `a page imports code of ${target}`)]
      }
      if (target.startsWith(PAGES)) return [finding(of, node, 'imports code of a page')]
      if (other === undefined) return [finding(of, node, `imports ${target}, which is in no room under src/`)]
      if (other.room === own.room || other.row < own.row) return []
      const why = other.row === own.row ? 'a room of the same row' : 'a higher row'
      return [finding(of, node, `${own.room} (row ${own.row}) imports ${other.room} (row ${other.row}): ${why}`)]
    })
  },
}

const engineOf = (path: string): string | undefined => /^src\/store\/([^/]+)\//.exec(path)?.[1]

export const hiddenEngine: Rule = {
  name: 'a store engine is known only to itself and to the composition root',
  check(of) {
    if (!inSrc(of) || placeOf(of.path)?.room === 'relay') return []
    return importsOf(of).flatMap(({ node, specifier, target }) => {
      const engine = target === undefined ? undefined : engineOf(target)
      if (engine !== undefined && engine !== engineOf(of.path))
        return [finding(of, node, `imports the engine ${engine}`)]
      const driver = specifier === 'better-sqlite3' && engineOf(of.path) !== 'sqlite'
      return driver ? [finding(of, node, 'imports a database driver outside its engine')] : []
    })
  },
}
