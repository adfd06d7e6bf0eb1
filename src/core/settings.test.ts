// Settings as a world file gives them: what they come to, what is usual, and what is said of others.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GenericSchema } from 'valibot'
import { parseWith } from './config.ts'
import { isConfigError } from './failure.ts'
import { countSetting, durationSetting, portsSetting, sizeSetting } from './settings.ts'

const ports = portsSetting(25, 'Ports.')
const wait = durationSetting(90_000, 'A wait.')
const room = sizeSetting(65_536, 'Room.')
const peers = countSetting(10, 50, 'Peers.')

const taken: readonly (readonly [GenericSchema, unknown, unknown])[] = [
  [ports, undefined, [25]],
  [ports, 26, [26]],
  [ports, [1, 65_535], [1, 65_535]],
  [ports, false, []],
  [wait, undefined, 90_000],
  [wait, '1ms', 1],
  [room, undefined, 65_536],
  [room, '1B', 1],
  [peers, undefined, 10],
  [peers, 1, 1],
  [peers, 50, 50],
]

for (const [schema, given, expected] of taken) {
  test(`${JSON.stringify(given)} is ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(parseWith(schema, given), expected)
  })
}

const refused: readonly (readonly [GenericSchema, unknown, RegExp])[] = [
  [ports, 65_536, /^a port is 1 to 65535$/],
  [ports, [25, 0], /^a port is 1 to 65535$/],
  [ports, 'smtp', /^expected a number or a list or false; got/],
  [wait, '0s', /^expected at least 1ms$/],
  [wait, 5, /^expected a duration such as/],
  [room, '0B', /^expected at least 1B$/],
  [peers, 0, /./],
  [peers, 51, /./],
  [peers, 1.5, /./],
]

for (const [schema, given, message] of refused) {
  test(`${JSON.stringify(given)} is refused: ${message.source}`, () => {
    const result = parseWith(schema, given)
    assert.ok(isConfigError(result))
    assert.match(result.problems[0]?.message ?? '', message)
  })
}
