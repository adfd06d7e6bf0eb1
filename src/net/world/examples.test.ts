import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { isConfigError } from '../../core/failure.ts'
import { services } from '../../services.ts'
import { defaultWorldText, formatWorldProblems, loadWorld } from './index.ts'

const folder = fileURLToPath(new URL('../../../examples/', import.meta.url))
const examples = globSync('*.yaml', { cwd: folder })

for (const name of examples) {
  test(`the example ${name} loads`, async () => {
    const world = await loadWorld(readFileSync(`${folder}${name}`, 'utf8'), { path: name, services })
    assert.ok(!isConfigError(world), isConfigError(world) ? formatWorldProblems(world) : '')
  })
}

test('the default world loads with its commented parts in place', async () => {
  const text = defaultWorldText()
    .replace('  rules: []\n', '')
    .replace('faults: []\n', '')
    .replaceAll(/^( *)# (rules:|faults:|ports:|  +- .*|  8081: .*)$/gm, '$1$2')
  assert.doesNotMatch(text, /# (rules|faults|ports):/)
  const world = await loadWorld(text, { path: 'portolan.yaml', services })
  assert.ok(!isConfigError(world), isConfigError(world) ? formatWorldProblems(world) : '')
  assert.deepEqual([world.firewall.rules.length, world.faults.length, world.ports.length], [2, 2, 1])
})
