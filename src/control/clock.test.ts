import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseClockChange } from './clock-arguments.ts'

test('a change of the clock is read with care', () => {
  for (const change of [
    { do: 'set', ms: 5 },
    { do: 'offset', ms: -5 },
    { do: 'step', ms: 0.5 },
    { do: 'rate', rate: 60 },
    { do: 'leap', kind: 'insert' },
    { do: 'leap', kind: 'delete', atMs: 1, smearMs: 2 },
    { do: 'reset' },
  ]) {
    assert.deepEqual(parseClockChange(JSON.stringify(change)), change)
  }
  for (const nonsense of ['null', '5', '{}', '{"do":"stop"}', '{"do":"leap"}', '{"do":"leap","kind":"both"}']) {
    assert.equal(parseClockChange(nonsense), undefined, nonsense)
  }
  for (const ms of ['null', '"5"', '[]']) {
    assert.deepEqual(parseClockChange(`{"do":"set","ms":${ms}}`), { do: 'set', ms: NaN })
  }
})
