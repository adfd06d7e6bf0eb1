// Zone files of many names, each with one address.

import { closeSync, openSync, writeSync } from 'node:fs'

export const ZONE = 'bench.test'
/** Names whose lines are written together. */
const PIECE = 10_000
/** RFC 1035 §3.3.13, and the server that the worlds of the bench have as well. */
const HEAD = `$ORIGIN ${ZONE}.
$TTL 86400
@ SOA ns hostmaster 1 3600 600 86400 300
@ NS ns
ns A 192.0.2.53
`

export function nameOf(index: number): string {
  return `host-${index}.${ZONE}`
}

export function addressOf(index: number): string {
  return `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
}

/** SOA, NS, and as many A records as there are names. */
export function writeZoneFile(file: string, names: number): void {
  const fd = openSync(file, 'w')
  writeSync(fd, HEAD)
  for (let from = 0; from < names; from += PIECE) {
    const indices = Array.from({ length: Math.min(PIECE, names - from) }, (_, at) => from + at)
    writeSync(fd, indices.map((index) => `host-${index} A ${addressOf(index)}\n`).join(''))
  }
  closeSync(fd)
}

/** The world that serves it. */
export function worldOf(zoneFile: string, settings: string): string {
  return `domains:
  ${ZONE}: { zone: ${zoneFile}${settings} }
hosts:
  ${SERVER}: { address: 192.0.2.53, services: [dns] }
`
}

export const SERVER = `ns.${ZONE}`
