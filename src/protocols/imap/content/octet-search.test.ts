import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededRandom } from '../../../sim/seeded.ts'
import { OctetSearch } from './octet-search.ts'

function isIn(text: string, octets: string, start = 0, end = octets.length): boolean {
  return new OctetSearch(text).isIn(Buffer.from(octets, 'latin1'), start, end)
}

test('in any case, within the bounds', () => {
  assert.ok(isIn('harbour', 'The HarBOUR'))
  assert.ok(isIn('', ''))
  assert.ok(isIn('a', 'A'))
  assert.ok(!isIn('a', ''))
  assert.ok(isIn('abc', 'xxabcxx', 2, 5))
  assert.ok(!isIn('abc', 'xxabcxx', 3, 7))
  assert.ok(!isIn('abc', 'xxabcxx', 0, 4))
  assert.ok(!isIn('[', '{'))
})

test('as text is searched', () => {
  const random = new SeededRandom(5)
  const letters = (length: number) => Array.from({ length }, () => 'abAB{['[random.u32() % 6]).join('')
  for (let round = 0; round < 5000; round++) {
    const text = letters(random.u32() % 5).toLowerCase()
    const octets = letters(random.u32() % 30)
    assert.equal(isIn(text, octets), octets.toLowerCase().includes(text), `${text} in ${octets}`)
  }
})
