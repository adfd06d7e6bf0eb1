// The algorithms that are offered, best first. SHA-1, CBC, finite fields shorter than 2048 bits and compression before the
// login are left out, and groups whose size lets a stranger keep the processor busy.

import type { Offer } from './library.ts'

const KEY_EXCHANGES = [
  // First, though clients choose: ssh2 drops the packet of a client that has guessed the first one right (RFC 4253 §7), and
  // clients that guess, such as Dropbear's, begin with the name below.
  'curve25519-sha256@libssh.org',
  'curve25519-sha256', // RFC 8731
  'ecdh-sha2-nistp256', // RFC 5656 §6.3
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group14-sha256', // RFC 8268
  'kex-strict-s-v00@openssh.com', // sequence numbers start anew, and nothing slips in before (CVE-2023-48795)
]

const CIPHERS = [
  'aes128-gcm@openssh.com', // RFC 5647, as OpenSSH has it
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr', // RFC 4344 §4
  'aes192-ctr',
  'aes256-ctr',
]

const MACS = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512']

/** `hostKeys`: signature algorithms of the keys that the host has, best first. */
export function serverOffer(hostKeys: readonly string[]): Offer {
  const direction = { cipher: CIPHERS, mac: MACS, compress: ['none'], lang: [] }
  return { kex: KEY_EXCHANGES, serverHostKey: hostKeys, cs: direction, sc: direction }
}
