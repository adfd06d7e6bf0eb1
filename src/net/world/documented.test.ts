import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { isConfigError } from '../../core/failure.ts'
import { services } from '../../services.ts'
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
