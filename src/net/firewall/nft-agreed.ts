// What conversations have agreed on, as elements of the sets that nft-ruleset.ts lays: commands for `nft`.

import { familyOf } from '../../core/address.ts'
import type { Agreement } from '../../core/plane.ts'
import { NFT_TABLE } from './nft-ruleset.ts'

/** One command for each agreement that opens a port of ours; undefined for others, which nothing in the network refuses. */
export function nftAgreed(change: 'add' | 'delete', { from, to, direction }: Agreement): string | undefined {
  if (direction === 'out') return undefined
  const family = familyOf(to.ip)
  return [
    `${change} element inet ${NFT_TABLE} agreed${family} { ${from.ip} . ${to.ip} . ${to.port} }`,
    `${change} element inet ${NFT_TABLE} data${family} { ${to.ip} . ${to.port} }`,
  ].join('; ')
}
