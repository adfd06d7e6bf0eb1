// How the packets of an association prove where they come from: not at all, by a shared key, or by NTS. One object for each association.

import { decodeTrailer } from '../codec/extension.ts'
import type { SymmetricKey } from '../crypto/symmetric-keys.ts'

/** `proven`: believe it. `unproven`: drop it. `stale`: the server does not know the keys any more, and they have to be agreed on again. */
export type Proof = 'proven' | 'unproven' | 'stale'

export interface Protection {
  /** In a few words, for people: `AES128 key 1`, `NTS`. */
  readonly name: string
  /** The packet to send for a header; `undefined`: it cannot be protected now. */
  protect(header: Uint8Array): Uint8Array | undefined
  /** Of a packet that answers the last one that was protected. */
  prove(packet: Uint8Array): Proof
}

/** Nothing proves anything; the random transmit timestamp alone holds off who cannot read along. */
export const unprotected: Protection = {
  name: 'none',
  protect: (header) => header,
  prove: () => 'proven',
}

/** RFC 5905 §7.3, RFC 8573: a code over header and extension fields, with a key that both ends were given. */
export function protectedByKey(key: SymmetricKey): Protection {
  return {
    name: `${key.type} key ${key.id}`,
    protect(header) {
      const packet = new Uint8Array(header.length + key.macBytes)
      packet.set(header)
      key.sign(packet, header.length)
      return packet
    },
    prove(packet) {
      const mac = decodeTrailer(packet, ((packet[0] ?? 0) >> 3) & 7)?.mac
      if (mac === undefined || mac.keyId !== key.id || mac.digest.length === 0) return 'unproven'
      return key.verifies(packet, mac) ? 'proven' : 'unproven'
    },
  }
}
