// SASLprep by the examples of RFC 4013 §3 and by each rule of RFC 3454.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { saslPrep } from './saslprep.ts'

const PREPARED: readonly [text: string, prepared: string, why: string][] = [
  ['I\u00adX', 'IX', 'a soft hyphen maps to nothing'],
  ['user', 'user', 'nothing to do'],
  ['USER', 'USER', 'case stays'],
  ['\u00aa', 'a', 'NFKC'],
  ['\u2168', 'IX', 'NFKC'],
  ['a\u00a0b\u3000c', 'a b c', 'spaces become one'],
  ['e\u0301', '\u00e9', 'composed'],
  ['\u0627\u0031\u0628', '\u0627\u0031\u0628', 'right to left at both ends'],
  ['\u{1f600}', '\u{1f600}', 'beyond the basic plane'],
]

const REFUSED: readonly [text: string, why: string][] = [
  ['', 'nothing'],
  ['\u00ad', 'nothing is left'],
  ['\u0007', 'C.2.1'],
  ['a\u007f', 'C.2.1'],
  ['a\u0085', 'C.2.2'],
  ['\ue000', 'C.3'],
  ['\ufdd0', 'C.4'],
  ['\u{1ffff}', 'C.4'],
  ['\ud800', 'C.5'],
  ['\ufffd', 'C.6'],
  ['\u2ff0', 'C.7'],
  ['\u202e', 'C.8'],
  ['\u{e0041}', 'C.9'],
  ['\u0627\u0031', 'right to left, and does not end so'],
  ['\u0627a\u0628', 'both directions'],
]

test('what is prepared', () => {
  for (const [text, prepared, why] of PREPARED) assert.equal(saslPrep(text), prepared, why)
  for (const [, prepared, why] of PREPARED) assert.equal(saslPrep(prepared), prepared, `again: ${why}`)
})

test('what is refused', () => {
  for (const [text, why] of REFUSED) assert.equal(saslPrep(text), undefined, why)
})
