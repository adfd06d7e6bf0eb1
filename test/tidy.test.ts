// What a machine can check of the house style: import directions, cycles, banned calls, sizes, names.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

const FILE_MAX_LINES = 400
const files = globSync('src/**/*.ts').map((file) => file.replaceAll('\\', '/'))
const sources = files.filter((file) => !file.endsWith('.test.ts'))
const text = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]))

function importsOf(file: string): string[] {
  const found = (text.get(file) ?? '').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)
  return [...found].map((match) => normalize(join(dirname(file), match[1] ?? '')))
}

/** The layer that a file belongs to: its first folder, or `services` for the list of services. */
function layerOf(file: string): string {
  if (file === 'src/services.ts') return 'services'
  const parts = file.split('/')
  return parts.length === 2 ? 'front' : (parts[1] ?? '')
}

const MAY_IMPORT: Record<string, readonly string[]> = {
  wire: [],
  core: ['wire'],
  shared: ['wire', 'core'],
  protocols: ['shared', 'wire', 'core'],
  services: ['protocols', 'core'],
  mailboxes: ['shared', 'wire', 'core'],
  zones: ['shared', 'wire', 'core'],
  sim: ['core', 'wire'],
  host: ['core', 'wire', 'shared'],
  net: ['mailboxes', 'zones', 'services', 'protocols', 'host', 'sim', 'core', 'wire', 'shared'],
  testing: ['net', 'services', 'protocols', 'host', 'sim', 'core', 'wire', 'shared'],
  control: ['net', 'host', 'core', 'wire'],
  console: ['control', 'core'],
  cli: ['control', 'net', 'host', 'services', 'core', 'wire'],
  front: ['net', 'services', 'host', 'sim', 'core', 'wire', 'testing', 'control'],
}

test('imports point downwards only', () => {
  const wrong = sources.flatMap((file) => {
    const own = layerOf(file)
    return importsOf(file)
      .filter((target) => layerOf(target) !== own && !MAY_IMPORT[own]?.includes(layerOf(target)))
      .map((target) => `${file} -> ${target}`)
  })
  assert.deepEqual(wrong, [])
})

const folder = (file: string) => file.split('/').slice(0, 3).join('/')

test('protocols do not import each other, and are imported through their index only', () => {
  const wrong = sources.flatMap((file) =>
    importsOf(file)
      .filter((target) => target.startsWith('src/protocols/') && folder(target) !== folder(file))
      .filter((target) => file.startsWith('src/protocols/') || !target.endsWith('/index.ts'))
      .map((target) => `${file} -> ${target}`),
  )
  assert.deepEqual(wrong, [])
})

test('no import cycles', () => {
  const cycles: string[] = []
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
    if (path.includes(file) || done.has(file)) return
    for (const target of importsOf(file)) visit(target, [...path, file])
    done.add(file)
  }
  for (const file of sources) visit(file, [])
  assert.deepEqual(cycles, [])
})

const BANNED: readonly [RegExp, RegExp, string][] = [
  [
    /^src\/(protocols|wire|shared|core)\//,
    /Date\.now\(|performance\.now\(|setTimeout\(|setInterval\(|Math\.random\(/,
    'clocks and chance are handed in',
  ],
  [
    /^src\/(protocols|wire|shared|core)\//,
    /from 'node:(net|tls|dgram|fs|fs\/promises|child_process|dns)'/,
    'sockets, files and processes live in host/',
  ],
  [/^src\/(?!wire\/)/, /\bas (?!const\b)[A-Z][\w<>[\]]*(?=[),;\s])/, '`as` stands in wire/ only'],
  [/^src\//, /\bany\b(?=[;,)>\]]|\[\])/, 'no any'],
  [/^src\//, /\.slice\(\)/, 'a copy is new Uint8Array(x) or [...x]: slice() of a Buffer is a view'],
  [/^src\//, /^export default/m, 'no default exports'],
  [/^src\//, /\b(TODO|FIXME|XXX)\b/, 'nothing left open in the code'],
]

test('banned calls and words', () => {
  const wrong = sources.flatMap((file) =>
    (text.get(file) ?? '')
      .split('\n')
      .flatMap((line, index) =>
        BANNED.filter(
          ([where, what]) =>
            where.test(file) &&
            what.test(
              line.replace(/\/\/.*|^\s*\/?\*.*|import .*/, (hit) =>
                hit.startsWith('import') ? hit.replaceAll(/ as /g, ' ') : '',
              ),
            ),
        ).map(([, , why]) => `${file}:${index + 1} ${why}: ${line.trim()}`),
      ),
  )
  assert.deepEqual(wrong, [])
})

test('files stay short and say what they are', () => {
  const long = sources.filter((file) => (text.get(file) ?? '').split('\n').length > FILE_MAX_LINES + 1)
  assert.deepEqual(long, [], `more than ${FILE_MAX_LINES} lines`)
  const silent = sources.filter((file) => !/^(#!.*\n)?(\/\/|\/\*)/.test(text.get(file) ?? ''))
  assert.deepEqual(silent, [], 'no opening comment')
})

test('file names are kebab-case and say something', () => {
  const odd = files.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(file.split('/').at(-1) ?? ''))
  assert.deepEqual(odd, [])
  const empty = files.filter((file) => /(^|[/-])(utils?|helpers?|common|manager|impl|base)(\.|-|\/)/.test(file))
  assert.deepEqual(empty, [])
})
