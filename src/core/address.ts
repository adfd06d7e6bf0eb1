// Transport addresses as plain values. Parsing of ranges and names lives in net/.

/** An IP address in canonical text form (RFC 5952 for IPv6, never IPv4-mapped) and a port 0-65535. */
export interface Address {
  readonly ip: string
  readonly port: number
}

export type Transport = 'tcp' | 'udp'

/** `192.0.2.1:53`, `[2001:db8::1]:53` (RFC 5952 §6). */
export function formatAddress(address: Address): string {
  return address.ip.includes(':') ? `[${address.ip}]:${address.port}` : `${address.ip}:${address.port}`
}

/** The family number that sockets use: 4 or 6. */
export function familyOf(ip: string): 4 | 6 {
  return ip.includes(':') ? 6 : 4
}

/** Strips the `::ffff:` that a dual-stack socket puts before an IPv4 address (RFC 4291 §2.5.5.2). */
export function unmapped(ip: string): string {
  return ip.startsWith('::ffff:') && ip.includes('.') ? ip.slice(7) : ip
}
