import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeCharset, decodeOctets } from './charset.ts'

const READ: readonly (readonly [label: string, octets: string, text: string])[] = [
  ['utf-8', 'gr\xc3\xbc', 'grü'],
  ['UTF-8', 'broken \xff', 'broken \ufffd'],
  ['iso-8859-1', 'gr\xfc', 'grü'],
  ['us-ascii', 'gr\xc3\xbc', 'grü'],
  ['us-ascii', 'gr\xfc', 'grü'],
  ['', 'gr\xfc', 'grü'],
  ['koi8-r', '\xc4\xc1', 'да'],
  ['cp932', '\x93\xfa\x96{', '日本'],
  ['utf-7', 'A+ImIDkQ- +-1', 'A≢Α +1'],
  ['utf-7', 'Hi Mom +Jjo!', 'Hi Mom ☺!'],
  ['x-nobody', 'gr\xc3\xbc', 'grü'],
  ['constructor', 'x', 'x'],
]

test('text by charset', () => {
  for (const [label, octets, text] of READ)
    assert.equal(decodeCharset(Buffer.from(octets, 'latin1'), label), text, label)
})

test('octets without a charset are UTF-8, or else Windows-1252', () => {
  assert.equal(decodeOctets(Buffer.from('€')), '€')
  assert.equal(decodeOctets(Buffer.from([0x80])), '€')
})
