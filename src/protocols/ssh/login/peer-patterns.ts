// `from="..."` of authorized_keys and the patterns of ssh_config(5): names with * and ?, addresses, ranges, `!` for but-not.

import { parsePeerPattern } from '../../../shared/answers/index.ts'
import { pieceOf, piecesFit } from '../../../shared/wildcards/index.ts'

export interface PatternPeer {
  readonly ip: string
  readonly name?: string | undefined
}

/** One of the list fits, and none of those with `!`. */
export function peerFits(list: string, peer: PatternPeer): boolean {
  let fits = false
  for (const entry of list.split(',').map((text) => text.trim())) {
    const negated = entry.startsWith('!')
    if (!oneFits(negated ? entry.slice(1) : entry, peer)) continue
    if (negated) return false
    fits = true
  }
  return fits
}

function oneFits(pattern: string, { ip, name }: PatternPeer): boolean {
  if (pattern.includes('/')) return parsePeerPattern(pattern)?.({ ip }) === true
  return textFits(pattern, ip) || (name !== undefined && textFits(pattern, name))
}

/** `*` any characters, `?` one; upper and lower case are the same. */
export function textFits(pattern: string, text: string): boolean {
  return piecesFit(Array.from(pattern.toLowerCase(), pieceOf), text.toLowerCase())
}
