// The published package, used as its users would: types of every entry, imports, the command line, the examples.

import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { probeNamespaces } from '../../src/host/private/namespaces.ts'
import { ROOT, unpackedProject, type Project } from './unpacked.ts'

const execute = promisify(execFile)
const manifest: {
  readonly version: string
  readonly bin: { readonly portolan: string }
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies: object
} = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const EXAMPLES = join(ROOT, 'examples')
const codeEntries = Object.keys(manifest.exports).filter((entry) => !/\.json$|schema$/.test(entry))

describe('the package', () => {
  let project: Project
  before(() => {
    project = unpackedProject()
    writeFileSync(join(project.folder, 'package.json'), '{ "type": "module", "private": true }')
    for (const name of readdirSync(EXAMPLES)) cpSync(join(EXAMPLES, name), join(project.folder, name))
  })
  after(() => project.remove())

  const node = (...args: readonly string[]) => execute(process.execPath, args, { cwd: project.folder })
  const portolan = (...args: readonly string[]) =>
    node(join(project.folder, 'node_modules/portolan', manifest.bin.portolan), ...args)

  test('holds what it needs and no tests', () => {
    assert.ok(project.packed.includes(manifest.bin.portolan))
    assert.ok(project.packed.includes('schema/portolan.schema.json'))
    assert.deepEqual(
      project.packed.filter((path) => !/^(dist\/.*\.(js|d\.ts)|schema\/.*|package\.json|[A-Z]+(\.md)?)$/.test(path)),
      [],
    )
    assert.deepEqual(
      project.packed.filter((path) => /test\.|fixture|toy|sample-world|fake-/.test(path)),
      [],
    )
  })

  test('imports only what it depends on', () => {
    const allowed = new Set([...Object.keys(manifest.dependencies), 'koffi'])
    const wrong = project.packed
      .filter((path) => path.endsWith('.js'))
      .flatMap((path) =>
        importsOf(join(project.folder, 'node_modules/portolan', path)).map((name) => `${path}: ${name}`),
      )
      .filter((line) => !allowed.has(packageOf(line.split(': ')[1] ?? '')))
    assert.deepEqual(wrong, [])
  })

  test('every entry loads, and its types hold under --strict', async () => {
    const lines = codeEntries.map((entry, at) => `import * as entry${at} from 'portolan${entry.slice(1)}'`)
    const used = `console.log([${codeEntries.map((_, at) => `entry${at}`).join(', ')}].map((entry) => Object.keys(entry).length > 0))`
    writeFileSync(join(project.folder, 'entries.ts'), `${lines.join('\n')}\n${used}\n`)
    const { stdout } = await node('entries.ts')
    assert.equal(stdout.includes('false'), false)
    await typed(project.folder, 'entries.ts')
  })

  test('every example holds its types and runs', async () => {
    const programs = readdirSync(EXAMPLES).filter((name) => name.endsWith('.ts'))
    await Promise.all([
      typed(project.folder, ...programs),
      ...programs.map((name) => node(...(name.endsWith('.test.ts') ? ['--test', name] : [name]))),
    ])
  })

  test('the command line says its version, and finds the registry, the default world and the schema', async () => {
    assert.equal((await portolan('--version')).stdout.trim(), manifest.version)
    assert.match((await portolan('port', '587')).stdout, /submission/)
    await portolan('init', 'made.yaml')
    await portolan('check', 'made.yaml')
    const { stdout } = await node('--input-type=module', '-e', `console.log(import.meta.resolve('portolan/schema'))`)
    assert.match(readFileSync(new URL(stdout.trim()), 'utf8'), /json-schema\.org/)
  })

  const older = olderNode()
  test('tells an older Node what it needs', { skip: older === undefined && 'no older Node here' }, async () => {
    const command = join(project.folder, 'node_modules/portolan', manifest.bin.portolan)
    const told = await execute(older ?? '', [command, '--version']).catch((thrown: { stderr: string }) => thrown)
    assert.match(told.stderr, /^portolan: needs Node 24 or later; this is v\d+/)
  })

  const blocked = process.platform === 'linux' ? probeNamespaces() : 'needs Linux'
  const skip = blocked === undefined ? false : process.env['CI'] === undefined && 'this machine makes no namespaces'
  test('runs a program inside from the built files', { skip }, async () => {
    const script = `fetch('http://www.harbor.test/').then((answer) => console.log(answer.status))`
    const { stdout, stderr } = await portolan('run', '--', process.execPath, '-e', script)
    assert.equal(stdout.trim(), '200')
    assert.match(stderr, /www\.harbor\.test/)
  })
})

/** The machine's own Node, if it is older than what the package needs. */
function olderNode(): string | undefined {
  const path = ['/usr/bin/node', '/usr/local/bin/node'].find((file) => existsSync(file))
  const found = path === undefined ? '' : execFileSync(path, ['--version'], { encoding: 'utf8' })
  return Number(found.slice(1).split('.')[0]) < 24 ? path : undefined
}

/** Packages that a module imports, in whatever way. */
function importsOf(file: string): string[] {
  const found = readFileSync(file, 'utf8').matchAll(
    /(?:^(?:import|export)[^'\n]*?from |\bimport\(|^import )'([^'.][^']*)'/gm,
  )
  return [...found].map(([, name = '']) => name).filter((name) => !name.startsWith('node:'))
}

/** The package of a path in it. */
function packageOf(name: string): string {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/')
}

async function typed(folder: string, ...files: readonly string[]): Promise<void> {
  const options =
    '--noEmit --strict --skipLibCheck false --module nodenext --target es2024 --lib es2024,esnext.disposable'
  const importing = '--types node --allowImportingTsExtensions --exactOptionalPropertyTypes'
  const args = [...options.split(' '), ...importing.split(' '), ...files]
  await execute(join(ROOT, 'node_modules/.bin/tsc'), args, { cwd: folder }).catch((thrown: { stdout?: string }) => {
    assert.fail(`${dirname(folder)}: ${thrown.stdout}`)
  })
}
