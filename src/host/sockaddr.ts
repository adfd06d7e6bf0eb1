// Addresses as Linux has them: `struct sockaddr_in` and `struct sockaddr_in6`.

import { familyOf, type Address } from '../core/address.ts'
import { ipBytes } from '../wire/ip.ts'

/** Linux, asm-generic: x64 and arm64 alike. */
export const AF = { 4: 2, 6: 10 } as const
export const SOCKADDR_BYTES = { 4: 16, 6: 28 } as const
/** Where the address stands. */
export const IP_AT = { 4: 4, 6: 8 } as const

export function sockaddr(address: Address): Buffer {
  const family = familyOf(address.ip)
  const bytes = Buffer.alloc(SOCKADDR_BYTES[family])
  bytes.writeUInt16LE(AF[family], 0)
  bytes.writeUInt16BE(address.port, 2)
  bytes.set(ipBytes(address.ip) ?? [], IP_AT[family])
  return bytes
}
