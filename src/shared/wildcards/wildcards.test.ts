import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pieceOf, piecesFit, type Piece } from './index.ts'

const piecesOf = (pattern: string): readonly Piece[] => Array.from(pattern, pieceOf)

test('patterns fit as the same regular expression does', () => {
  const texts = fc.stringMatching(/^[ab]{0,8}$/)
  fc.assert(
    fc.property(fc.stringMatching(/^[ab*?]{0,6}$/), texts, (pattern, text) => {
      const expected = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text)
      assert.equal(piecesFit(piecesOf(pattern), text), expected)
    }),
    { numRuns: 2000 },
  )
})

test('a character may be two code units, or a line end', () => {
  assert.equal(piecesFit(piecesOf('?'), '\u{1F30A}'), true)
  assert.equal(piecesFit(piecesOf('a?b*'), 'a\nb\n'), true)
  assert.equal(piecesFit([], ''), true)
})

test('many stars do not multiply', () => {
  assert.equal(piecesFit(piecesOf(`${'*a'.repeat(500)}b`), 'a'.repeat(4000)), false)
})
