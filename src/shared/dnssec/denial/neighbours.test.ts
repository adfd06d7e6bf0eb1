// Names beside a name: what lies between it and them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareNames } from '../../dns/codec/canonical.ts'
import { nameBefore, nameBehind, nameBeyond } from './neighbours.ts'

const LONG = 'x'.repeat(63)
const FULL = [LONG, LONG, LONG, 'y'.repeat(61)].join('.')

for (const name of [
  'a.test',
  'test',
  '*.test',
  LONG,
  `${LONG}.test`,
  FULL,
  '\\255.test',
  `${'\\255'.repeat(63)}.test`,
]) {
  test(`beside ${name.slice(0, 20)}`, () => {
    assert.ok(compareNames(nameBefore(name), name) < 0, 'one before it')
    assert.ok(compareNames(nameBehind(name), name) >= 0, 'one behind it')
    assert.ok(compareNames(name, nameBeyond(name)) < 0, `one beyond it: ${nameBeyond(name)}`)
    if (name.length < 200) assert.ok(compareNames(`zz.${name}`, nameBeyond(name)) < 0, 'what is below lies between')
  })
}
