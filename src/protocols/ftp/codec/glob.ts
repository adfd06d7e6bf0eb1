// Patterns of names in LIST and NLST: `*`, `?`, `[a-z]`, as sh(1) has them.

import { pieceOf, piecesFit, type Piece } from '../../../shared/wildcards/index.ts'

const SPECIAL = /[*?[]/

export function isGlob(pattern: string): boolean {
  return SPECIAL.test(pattern)
}

/** A name that begins with a dot is hit by a pattern that begins with one alone. */
export function parseGlob(pattern: string): (name: string) => boolean {
  const pieces = piecesOf([...pattern])
  return (name) => (pattern.startsWith('.') || !name.startsWith('.')) && piecesFit(pieces, name)
}

function piecesOf(pattern: readonly string[]): readonly Piece[] {
  const pieces: Piece[] = []
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at] ?? ''
    const end = letter === '[' ? pattern.indexOf(']', at + 2) : -1
    if (end === -1) pieces.push(pieceOf(letter))
    else {
      pieces.push(setOf(pattern.slice(at + 1, end)))
      at = end
    }
  }
  return pieces
}

function setOf(inside: readonly string[]): Piece {
  const negated = inside[0] === '!' || inside[0] === '^'
  const set = negated ? inside.slice(1) : inside
  return (character) => inSet(set, character) !== negated
}

function inSet(set: readonly string[], character: string): boolean {
  for (let at = 0; at < set.length; at++) {
    const low = set[at] ?? ''
    const isRange = set[at + 1] === '-' && at + 2 < set.length
    if (isRange && character >= low && character <= (set[at + 2] ?? '')) return true
    if (isRange) at += 2
    else if (character === low) return true
  }
  return false
}
