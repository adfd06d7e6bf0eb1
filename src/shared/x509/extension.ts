// Certificate extensions (RFC 5280 §4.2) as we write them.

import { ipBytes } from '../../wire/ip.ts'
import {
  TAG,
  der,
  derBitString,
  derExplicit,
  derImplicit,
  derObjectIdentifier,
  derSequence,
  derUnsigned,
} from './der.ts'
import { OID } from './oid.ts'
import { rangeBytes } from './range.ts'

/** What an authority may certify. A kind of name of which nothing is listed is forbidden altogether. */
export interface NameConstraints {
  /** Each stands for itself and everything under it. */
  readonly names: readonly string[]
  /** CIDR: `192.0.2.0/24`, `2001:db8::/32`. */
  readonly ranges: readonly string[]
}

/** How an end certificate may be used. */
export type Purpose = 'server' | 'client'

const TRUE = der(TAG.boolean, Uint8Array.of(0xff))
const CA_KEY_USAGE = keyUsage(0b0000_0110, 1) // keyCertSign, cRLSign
const SIGNING_KEY_USAGE = keyUsage(0b1000_0000, 7) // digitalSignature
const RSA_KEY_USAGE = keyUsage(0b1010_0000, 5) // digitalSignature, keyEncipherment
const EVERY_IPV4 = new Uint8Array(8)
const EVERY_IPV6 = new Uint8Array(32)
const DNS_NAME = 2 // GeneralName dNSName
const IP_ADDRESS = 7 // GeneralName iPAddress

/** §4.2.1.9, critical. */
export function basicConstraints(pathLength: number | undefined): Uint8Array {
  const length = pathLength === undefined ? [] : [derUnsigned(Uint8Array.of(pathLength))]
  return extension(OID.basicConstraints, derSequence(TRUE, ...length), 'critical')
}

/** §4.2.1.3, critical. */
export function keyUsageOf(role: 'authority' | 'rsa' | 'ec'): Uint8Array {
  const usage = { authority: CA_KEY_USAGE, rsa: RSA_KEY_USAGE, ec: SIGNING_KEY_USAGE } as const
  return extension(OID.keyUsage, usage[role], 'critical')
}

/** §4.2.1.2. */
export function subjectKeyIdentifier(identifier: Uint8Array): Uint8Array {
  return extension(OID.subjectKeyIdentifier, der(TAG.octetString, identifier))
}

/** §4.2.1.1. */
export function authorityKeyIdentifier(identifier: Uint8Array): Uint8Array {
  return extension(OID.authorityKeyIdentifier, derSequence(derImplicit(0, identifier)))
}

/** §4.2.1.12. */
export function extKeyUsage(purposes: readonly Purpose[]): Uint8Array {
  const oids = purposes.map((purpose) => derObjectIdentifier(purpose === 'server' ? OID.serverAuth : OID.clientAuth))
  return extension(OID.extKeyUsage, derSequence(...oids))
}

/** §4.2.1.6; critical when the subject is empty. Addresses become iPAddress, all else dNSName. */
export function subjectAltName(names: readonly string[], critical: boolean): Uint8Array {
  const values = names.map((name) => {
    const ip = ipBytes(name)
    return ip ? derImplicit(IP_ADDRESS, ip) : derImplicit(DNS_NAME, Buffer.from(name, 'latin1'))
  })
  return extension(OID.subjectAltName, derSequence(...values), critical ? 'critical' : undefined)
}

/**
 * §4.2.1.10, critical. Constraints bind only the kinds of name that they mention, so a kind without a permitted entry
 * gets an excluded one that covers all of it.
 */
export function nameConstraints(constraints: NameConstraints): Uint8Array {
  const ranges = constraints.ranges.map(rangeBytes).filter((range) => range !== undefined)
  const names = constraints.names.map((name) => derImplicit(DNS_NAME, Buffer.from(name, 'latin1')))
  const permitted = [...names, ...ranges.map((range) => derImplicit(IP_ADDRESS, range))]
  const excluded = [
    ...(names.length === 0 ? [derImplicit(DNS_NAME, new Uint8Array(0))] : []),
    ...[EVERY_IPV4, EVERY_IPV6]
      .filter((every) => !ranges.some((range) => range.length === every.length))
      .map((every) => derImplicit(IP_ADDRESS, every)),
  ]
  const trees = [permitted, excluded].flatMap((subtrees, number) =>
    subtrees.length === 0 ? [] : [derExplicit(number, ...subtrees.map((base) => derSequence(base)))],
  )
  return extension(OID.nameConstraints, derSequence(...trees), 'critical')
}

function keyUsage(bits: number, unusedBits: number): Uint8Array {
  return derBitString(Uint8Array.of(bits), unusedBits)
}

function extension(oid: string, value: Uint8Array, critical?: 'critical'): Uint8Array {
  const flag = critical ? [TRUE] : []
  return derSequence(derObjectIdentifier(oid), ...flag, der(TAG.octetString, value))
}
