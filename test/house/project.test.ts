import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.js'
import { ROOT } from './source.js'

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const project = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>
  engines: { node: string }
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}
interface Locked {
  readonly optionalDependencies?: Record<string, string>
}

const pages = ['README.md', 'CHANGELOG.md', ...markdownUnder('docs')]

function markdownUnder(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `${folder}/${path}`)
}

test('the top of the project holds only what belongs there', () => {
  const made = ['node_modules', 'dist', 'data']
  const there = readdirSync(ROOT).filter((name) => !name.startsWith('.') && !made.includes(name))
  expect(there.sort()).toEqual([
    'CHANGELOG.md',
    'Dockerfile',
    'LICENSE',
    'README.md',
    'config',
    'docs',
    'package-lock.json',
    'package.json',
    'src',
    'test',
    'tsconfig.json',
  ])
})

test('dependencies have exact versions', () => {
  const versions = Object.values({ ...project.dependencies, ...project.devDependencies })
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
})

test('the lock file names no registry', () => {
  expect(read('package-lock.json')).not.toContain('"resolved"')
})

test('the lock file is complete for every system, or npm ci refuses it', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
  expect(wanted.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([])
})

test('the oldest Node is the same wherever it is written', () => {
  const [, major, minor] = /OLDEST_NODE = \[(\d+), (\d+)\]/.exec(read('.ci/prepare.mjs')) ?? []
  expect(project.engines.node).toBe(`>=${major}.${minor}`)
  expect(read('README.md')).toContain(`Node ${major}.${minor}`)
})

test('links between the pages lead somewhere', () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map((link) => link[1] as string)
      .filter((target) => !existsSync(join(ROOT, dirname(page), target)))
      .map((target) => `${page}: ${target}`),
  )
  expect(broken).toEqual([])
})

test('the npm commands on the pages exist', () => {
  const known = [...Object.keys(project.scripts), 'ci', 'install', 'link', 'prune', 'pack', 'rebuild']
  const unknown = pages.flatMap((page) =>
    [...read(page).matchAll(/\bnpm (?:run )?([a-z][\w:-]*)/g)]
      .map((command) => command[1] as string)
      .filter((name) => !known.includes(name))
      .map((name) => `${page}: npm ${name}`),
  )
  expect(unknown).toEqual([])
})

test('the configurations on the pages are accepted', () => {
  const texts = pages.flatMap((page) =>
    [...read(page).matchAll(/^```yaml\n(base_url:[\s\S]*?)^```/gm)].map((block) => block[1] as string),
  )
  expect(texts).not.toEqual([])
  for (const text of texts) {
    const names = [...text.matchAll(/\$\{(\w+)\}/g)].map((variable) => variable[1] as string)
    const env = Object.fromEntries(names.map((name) => [name, `value-of-${name}`]))
    expect(loadConfig(text, env), text).toMatchObject({ ok: true })
  }
})
