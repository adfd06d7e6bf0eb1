// How host keys are made known: in known_hosts files (sshd(8)) and in the DNS (RFC 4255, RFC 6594, RFC 7479).

import { createHash } from 'node:crypto'
import type { HostKey } from '../../core/world-view.ts'

const SSH_PORT = 22
/** SSHFP algorithm numbers: RFC 4255 §3.1.1, RFC 6594 §5.1, RFC 7479. */
const ALGORITHMS: Readonly<Record<HostKey['algorithm'], number>> = {
  'ssh-rsa': 1,
  'ecdsa-sha2-nistp256': 3,
  'ssh-ed25519': 4,
}
/** SSHFP fingerprint types (RFC 6594 §3.1.2): SHA-1 is left out, as RFC 6594 §4.1 wishes. */
const SHA_256 = 2

/** Data of one SSHFP record for each key. */
export function sshfpRecords(keys: readonly HostKey[]): string[] {
  return keys.map(({ algorithm, publicBlob }) => {
    const fingerprint = createHash('sha256').update(publicBlob).digest('hex')
    return `${ALGORITHMS[algorithm]} ${SHA_256} ${fingerprint}`
  })
}

/** One line for each key: names and addresses by which the host is reached at `port`. */
export function knownHostsLine(places: readonly string[], port: number, keys: readonly HostKey[]): string {
  const hosts = places.map((place) => (port === SSH_PORT ? place : `[${place}]:${port}`)).join(',')
  return keys
    .map(({ algorithm, publicBlob }) => `${hosts} ${algorithm} ${Buffer.from(publicBlob).toString('base64')}\n`)
    .join('')
}
