// `from="..."` of authorized_keys and the patterns of ssh_config(5): names with * and ?, addresses, ranges, `!` for but-not.

import { pieceOf, piecesFit } from '../../../shared/wildcards/index.ts'
import { ipBytes } from '../../../wire/ip.ts'

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
  if (pattern.includes('/')) return inRange(pattern, ip)
  return textFits(pattern, ip) || (name !== undefined && textFits(pattern, name))
}

/** `*` any characters, `?` one; upper and lower case are the same. */
export function textFits(pattern: string, text: string): boolean {
  return piecesFit(Array.from(pattern.toLowerCase(), pieceOf), text.toLowerCase())
}

function inRange(range: string, ip: string): boolean {
  const [network = '', length = ''] = range.split('/')
  const [wanted, given] = [ipBytes(network), ipBytes(ip)]
  if (wanted === undefined || given === undefined || wanted.length !== given.length || !/^\d+$/.test(length))
    return false
  const bits = Number(length)
  if (bits > wanted.length * 8) return false
  return bitsOf(wanted).slice(0, bits) === bitsOf(given).slice(0, bits)
}

function bitsOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
}
