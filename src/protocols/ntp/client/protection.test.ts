// Packets under a shared key: proven whole, and by no other bit.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SymmetricKey } from '../crypto/symmetric-keys.ts'
import { protectedByKey, unprotected } from './protection.ts'

const header = Uint8Array.from({ length: 48 }, (_, at) => (at === 0 ? 0x24 : at))

for (const type of ['AES128', 'SHA1'] as const) {
  test(`${type}: a packet proves itself, cut, changed or without its code it does not`, () => {
    const protection = protectedByKey(new SymmetricKey({ id: 3, type, secret: new Uint8Array(16).fill(9) }))
    const packet = protection.protect(header) ?? new Uint8Array()
    assert.equal(protection.prove(packet), 'proven')
    for (let length = 0; length < packet.length; length++) {
      assert.equal(protection.prove(packet.subarray(0, length)), 'unproven', `${length} octets`)
    }
    for (let bit = 0; bit < packet.length * 8; bit++) {
      const changed = new Uint8Array(packet)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      assert.equal(protection.prove(changed), 'unproven', `bit ${bit}`)
    }
  })
}

test('without protection everything is believed', () => {
  assert.equal(unprotected.protect(header), header)
  assert.equal(unprotected.prove(header), 'proven')
})
