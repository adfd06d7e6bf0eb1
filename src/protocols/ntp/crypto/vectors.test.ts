// AES-CMAC and AES-SIV against the vectors of RFC 4493 §4, NIST SP 800-38B appendix D.3, RFC 5297 appendix A; and that what is changed does not open.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AesSiv } from './aes-siv.ts'
import { Cmac } from './cmac.ts'

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))
const hex = (value: Uint8Array | undefined) => value && Buffer.from(value).toString('hex')

const MESSAGE = bytes(`6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
  30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710`)

for (const [name, key, codes] of [
  [
    'AES-128-CMAC',
    '2b7e151628aed2a6abf7158809cf4f3c',
    {
      0: 'bb1d6929e95937287fa37d129b756746',
      16: '070a16b46b4d4144f79bdd9dd04a287c',
      40: 'dfa66747de9ae63030ca32611497c827',
      64: '51f0bebf7e3b9d92fc49741779363cfe',
    },
  ],
  [
    'AES-256-CMAC',
    '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
    {
      0: '028962f61b7bf89efc6b551f4667d983',
      16: '28a7023f452e8f82bd4bf28d8c37c35c',
      40: 'aaf3d8f1de5640c232f5b169b9c911e6',
      64: 'e1992190549f6ed5696a2c056c315410',
    },
  ],
] as const) {
  test(`${name} has the codes of its standard`, () => {
    const cmac = new Cmac(bytes(key))
    for (const [length, code] of Object.entries(codes))
      assert.equal(hex(cmac.of(MESSAGE.subarray(0, Number(length)))), code)
  })
}

const SIV_VECTORS = [
  {
    name: 'deterministic (RFC 5297 A.1)',
    key: 'fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0 f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff',
    associated: ['101112131415161718191a1b1c1d1e1f2021222324252627'],
    plaintext: '112233445566778899aabbccddee',
    sealed: '85632d07c6e8f37f950acd320a2ecc93 40c02b9690c4dc04daef7f6afe5c',
  },
  {
    name: 'nonce-based (RFC 5297 A.2)',
    key: '7f7e7d7c7b7a79787776757473727170 404142434445464748494a4b4c4d4e4f',
    associated: [
      '00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100',
      '102030405060708090a0',
      '09f911029d74e35bd84156c5635688c0',
    ],
    plaintext: '7468697320697320736f6d6520706c61696e7465787420746f20656e6372797074207573696e67205349562d414553',
    sealed: `7bdb6e3b432667eb06f4d14bff2fbd0f cb900f2fddbe404326601965c889bf17 dba77ceb094fa663b7a3f748ba8af829
      ea64ad544a272e9c485b62a3fd5c0d`,
  },
] as const

for (const { name, key, associated, plaintext, sealed } of SIV_VECTORS) {
  test(`AES-SIV, ${name}`, () => {
    const siv = new AesSiv(bytes(key))
    const parts = associated.map(bytes)
    assert.equal(hex(siv.seal(bytes(plaintext), ...parts)), hex(bytes(sealed)))
    assert.equal(hex(siv.open(bytes(sealed), ...parts)), plaintext)
  })
}

test('AES-SIV opens what it sealed, of any length, and nothing that was changed', () => {
  const siv = new AesSiv(bytes('00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'))
  const associated = bytes('0102030405')
  for (let length = 0; length < 50; length++) {
    const plaintext = MESSAGE.subarray(0, length)
    const sealed = siv.seal(plaintext, associated)
    assert.equal(sealed.length, 16 + length)
    assert.deepEqual(siv.open(sealed, associated), new Uint8Array(plaintext))
    for (let at = 0; at < sealed.length; at++) {
      const changed = new Uint8Array(sealed)
      changed[at]! ^= 1 << (at % 8)
      assert.equal(siv.open(changed, associated), undefined)
    }
    for (let cut = 0; cut < sealed.length; cut++) assert.equal(siv.open(sealed.subarray(0, cut), associated), undefined)
    assert.equal(siv.open(sealed, bytes('0102030406')), undefined)
    assert.equal(siv.open(sealed), undefined)
  }
})
