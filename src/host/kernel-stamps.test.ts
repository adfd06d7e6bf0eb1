import assert from 'node:assert/strict'
import { test } from 'node:test'
import { departureRequest, STAMP_CONTROL_BYTES, stampIn } from './kernel-stamps.ts'

/** Control data with a foreign piece first, then a stamp. */
function control(): DataView {
  const view = new DataView(new ArrayBuffer(STAMP_CONTROL_BYTES))
  view.setUint32(0, 20, true)
  view.setUint32(8, 0, true)
  view.setUint32(12, 8, true)
  view.setUint32(24, 32, true)
  view.setUint32(32, 1, true)
  view.setUint32(36, 35, true)
  view.setUint32(40, 1_800_000_000, true)
  view.setUint32(48, 250_000, true)
  return view
}

test('a stamp is found behind other control data', () => {
  assert.equal(stampIn(control(), 0, 56), 1_800_000_000_000.25)
})

test('control data that is cut off or broken has no stamp', () => {
  for (let length = 0; length < 56; length++) assert.ok(Number.isNaN(stampIn(control(), 0, length)), String(length))
  const view = control()
  view.setUint32(0, 0, true)
  assert.ok(Number.isNaN(stampIn(view, 0, 56)))
  view.setUint32(0, 0xffff_ffff, true)
  assert.ok(Number.isNaN(stampIn(view, 0, 56)))
})

test('a packet asks for its stamp by a piece of control data of its own', () => {
  assert.equal(Buffer.from(departureRequest()).toString('hex'), '140000000000000001000000250000000200000000000000')
})
