import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isConfigError } from '../../core/failure.ts'
import { services } from '../../services.ts'
import { dnsShape, failureShape, keyShape, signingShape } from './dns-schema.ts'
import { formatWorldProblems, loadWorld } from './load.ts'
import {
  domainShape,
  faultShape,
  firewallShape,
  hostShape,
  matchShape,
  portShape,
  userShape,
  worldShape,
} from './schema.ts'

const page = readFileSync(new URL('../../../docs/world-file.md', import.meta.url), 'utf8')

const PARTS = {
  world: worldShape,
  domain: domainShape,
  dnssec: signingShape,
  dns: dnsShape,
  key: keyShape,
  failure: failureShape.pipe[0],
  host: hostShape,
  user: userShape,
  firewall: firewallShape,
  match: matchShape,
  fault: faultShape,
  port: portShape,
}

for (const [name, shape] of Object.entries(PARTS)) {
  test(`docs/world-file.md has a row for each key of a ${name}`, () => {
    const missing = Object.keys(shape.entries).filter((key) => !page.includes(`\n| \`${key}\` |`))
    assert.deepEqual(missing, [])
  })
}

for (const { name, config } of services) {
  test(`the README of ${name} has a row for each of its settings`, () => {
    const readme = readFileSync(new URL(`../../protocols/${name}/README.md`, import.meta.url), 'utf8')
    assert.deepEqual(
      settingsOf(config.schema).filter((key) => !readme.includes(`\n| \`${key}\` |`)),
      [],
    )
  })
}

/** Name servers and resolvers tell of questions alike. */
const SHARED_BY_DNS = fileURLToPath(new URL('../../shared/dns/', import.meta.url))

function codeIn(folder: string): string {
  const sources = globSync('**/*.ts', { cwd: folder }).filter((file) => !file.endsWith('.test.ts'))
  return sources.map((file) => readFileSync(`${folder}${file}`, 'utf8')).join('\n')
}

for (const { name } of services) {
  test(`the README of ${name} has a row for each of its events, and no other`, () => {
    const folder = fileURLToPath(new URL(`../../protocols/${name}/`, import.meta.url))
    const code = [folder, ...(name === 'dns' ? [SHARED_BY_DNS] : [])].map(codeIn).join('\n')
    const kinds = (text: string, quote: string): string[] =>
      [...new Set(text.match(new RegExp(`${quote}${name}\\.[a-z-]+${quote}`, 'g')))].map((kind) => kind.slice(1, -1))
    const emitted = kinds(code, "'").toSorted()
    assert.notEqual(emitted.length, 0)
    assert.deepEqual(kinds(readFileSync(`${folder}README.md`, 'utf8'), '`').toSorted(), emitted)
  })
}

/** Keys of a map of settings, those of maps inside as `limits.idle`. */
function settingsOf(schema: unknown): string[] {
  const entries = entriesOf(schema) ?? {}
  return Object.entries(entries).flatMap(([key, value]) => {
    const inside = settingsOf(value).map((rest) => `${key}.${rest}`)
    return inside.length > 0 ? inside : [key]
  })
}

function entriesOf(schema: unknown): object | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined
  if ('wrapped' in schema) return entriesOf(schema.wrapped)
  return 'entries' in schema && typeof schema.entries === 'object' ? (schema.entries ?? undefined) : undefined
}

/** Parts of a file stand on hosts and domains that the page's other examples have. */
const GROUND = `domains: { harbor.test: {}, island.test: {} }
hosts: { www.harbor.test: http, laptop: { client: true } }
`

for (const [at, [, example = '']] of [...page.matchAll(/```yaml\n([^`]*)```/g)].entries()) {
  test(`example ${at + 1} of docs/world-file.md loads`, async () => {
    const text = /^(hosts|domains):/.test(example) ? example : GROUND + example
    const world = await loadWorld(text, { path: 'portolan.yaml', services })
    assert.ok(!isConfigError(world), isConfigError(world) ? formatWorldProblems(world) : '')
  })
}
