import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { parseWith } from './config.ts'

const schema = v.strictObject({
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  mode: v.optional(v.picklist(['fast', 'slow'])),
  sites: v.optional(v.record(v.string(), v.strictObject({ folder: v.string() }))),
  either: v.optional(v.union([v.array(v.string()), v.strictObject({ deep: v.boolean() })])),
})

for (const [title, input, expected] of [
  ['an unknown key', { prot: 1 }, [{ path: ['prot'], message: 'unknown key "prot"; did you mean "port"?', at: 'key' }]],
  ['a wrong type', { port: 'x' }, [{ path: ['port'], message: 'expected a number; got "x"' }]],
  ['a list', ['port'], [{ path: [], message: 'expected a map of keys and values; got a list' }]],
  ['a bound', { port: 0 }, [{ path: ['port'], message: 'expected >=1; got 0' }]],
  [
    'a choice',
    { mode: 'fats' },
    [{ path: ['mode'], message: 'expected fast or slow; got "fats"; did you mean "fast"?' }],
  ],
  ['a missing key', { sites: { a: {} } }, [{ path: ['sites', 'a', 'folder'], message: 'missing "folder"' }]],
  [
    'a key in the fitting alternative',
    { either: { depe: true, deep: 1 } },
    [
      { path: ['either', 'deep'], message: 'expected true or false; got 1' },
      { path: ['either', 'depe'], message: 'unknown key "depe"; did you mean "deep"?', at: 'key' },
    ],
  ],
  [
    'no alternative',
    { either: 5 },
    [{ path: ['either'], message: 'expected a list or a map of keys and values; got 5' }],
  ],
] as const) {
  test(`${title} is told in plain words`, () => {
    assert.deepEqual(parseWith(schema, input), { kind: 'config-error', problems: expected })
  })
}
