// The record data of DNSSEC (RFC 4034, RFC 5155) as values and as bytes, and the numbers that stand in it. No keys, no
// signatures made or verified.

import { Reader } from '../../wire/reader.ts'
import { Writer } from '../../wire/writer.ts'
import { foldName, readName, writeName } from '../dns/codec/name.ts'
import { bitmapHas, decodeTypeBitmap, writeTypeBitmap } from '../dns/codec/type-bitmap.ts'
import type { DomainName } from '../dns/messages.ts'

/** IANA "DNS Security Algorithm Numbers". */
export const ALGORITHM = {
  RSASHA1: 5,
  RSASHA1_NSEC3: 7,
  RSASHA256: 8,
  RSASHA512: 10,
  ECDSAP256SHA256: 13,
  ECDSAP384SHA384: 14,
  ED25519: 15,
  ED448: 16,
} as const

/** IANA "Delegation Signer Digest Algorithms". */
export const DIGEST = { SHA1: 1, SHA256: 2, SHA384: 4 } as const

/** Of a DNSKEY: zone key (RFC 4034 §2.1.1), revoked (RFC 5011 §2.1), secure entry point (RFC 4034 §2.1.1). */
export const KEY_FLAG = { ZONE: 0x0100, REVOKED: 0x0080, ENTRY: 0x0001 } as const

/** RFC 4034 §2.1.2. */
export const DNSKEY_PROTOCOL = 3
/** RFC 5155 §11: SHA-1 is the only one. */
export const NSEC3_SHA1 = 1
/** RFC 5155 §3.1.2.1. */
export const OPT_OUT = 0x01

/** RFC 4034 §3.1. Times are seconds since 1970, modulo 2^32 (RFC 1982 arithmetic). */
export interface Rrsig {
  readonly covered: number
  readonly algorithm: number
  readonly labels: number
  readonly originalTtlSeconds: number
  readonly expiration: number
  readonly inception: number
  readonly tag: number
  /** Folded. */
  readonly signer: DomainName
  readonly signature: Uint8Array
}

/** RFC 4034 §2.1. */
export interface Dnskey {
  readonly flags: number
  readonly protocol: number
  readonly algorithm: number
  readonly publicKey: Uint8Array
  /** RFC 4034 appendix B. */
  readonly tag: number
  /** All of it as it stands in the record. */
  readonly data: Uint8Array
}

/** RFC 4034 §5.1. */
export interface Ds {
  readonly tag: number
  readonly algorithm: number
  readonly digestType: number
  readonly digest: Uint8Array
}

/** RFC 4034 §4.1. */
export interface Nsec {
  /** Folded. */
  readonly next: DomainName
  readonly types: TypeBitmap
}

/** RFC 5155 §3.1. */
export interface Nsec3 {
  readonly hash: number
  readonly flags: number
  readonly iterations: number
  readonly salt: Uint8Array
  readonly next: Uint8Array
  readonly types: TypeBitmap
}

/** The types that exist at a name (RFC 4034 §4.1.2). */
export class TypeBitmap {
  readonly #bytes: Uint8Array

  /** Of a valid bitmap. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  has(type: number): boolean {
    return bitmapHas(this.#bytes, type)
  }
}

function readTypes(reader: Reader): TypeBitmap | undefined {
  const bytes = reader.take(reader.left)
  return decodeTypeBitmap(bytes) === undefined ? undefined : new TypeBitmap(bytes)
}

/** Undefined for what is no RRSIG data, as with all that follow. */
export function decodeRrsig(data: Uint8Array): Rrsig | undefined {
  const reader = new Reader(data)
  const head = {
    covered: reader.u16(),
    algorithm: reader.u8(),
    labels: reader.u8(),
    originalTtlSeconds: reader.u32(),
    expiration: reader.u32(),
    inception: reader.u32(),
    tag: reader.u16(),
    signer: foldName(readName(reader)),
  }
  const signature = reader.take(reader.left)
  return reader.short || signature.length === 0 ? undefined : { ...head, signature }
}

/** All of RRSIG data but the signature, which is also how what is signed begins (RFC 4034 §3.1.8.1). */
export function writeRrsigHead(writer: Writer, rrsig: Omit<Rrsig, 'signature'>): void {
  writer.u16(rrsig.covered)
  writer.u8(rrsig.algorithm)
  writer.u8(rrsig.labels)
  writer.u32(rrsig.originalTtlSeconds)
  writer.u32(rrsig.expiration)
  writer.u32(rrsig.inception)
  writer.u16(rrsig.tag)
  writeName(writer, rrsig.signer)
}

export function decodeDnskey(data: Uint8Array): Dnskey | undefined {
  const reader = new Reader(data)
  const head = { flags: reader.u16(), protocol: reader.u8(), algorithm: reader.u8() }
  const publicKey = reader.take(reader.left)
  return reader.short || publicKey.length === 0 ? undefined : { ...head, publicKey, tag: keyTag(data), data }
}

export function encodeDnskey(flags: number, algorithm: number, publicKey: Uint8Array): Uint8Array {
  const writer = new Writer(4 + publicKey.length)
  writer.u16(flags)
  writer.u8(DNSKEY_PROTOCOL)
  writer.u8(algorithm)
  writer.put(publicKey)
  return writer.finish()
}

/** RFC 4034 appendix B; algorithm 1, which counts otherwise, is not spoken. */
export function keyTag(data: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < data.length; at += 1) sum += at % 2 === 0 ? (data[at] ?? 0) << 8 : (data[at] ?? 0)
  return (sum + (sum >>> 16)) & 0xffff
}

export function decodeDs(data: Uint8Array): Ds | undefined {
  const reader = new Reader(data)
  const head = { tag: reader.u16(), algorithm: reader.u8(), digestType: reader.u8() }
  const digest = reader.take(reader.left)
  return reader.short || digest.length === 0 ? undefined : { ...head, digest }
}

export function encodeDs(ds: Ds): Uint8Array {
  const writer = new Writer(4 + ds.digest.length)
  writer.u16(ds.tag)
  writer.u8(ds.algorithm)
  writer.u8(ds.digestType)
  writer.put(ds.digest)
  return writer.finish()
}

export function decodeNsec(data: Uint8Array): Nsec | undefined {
  const reader = new Reader(data)
  const next = foldName(readName(reader))
  const types = readTypes(reader)
  return reader.short || types === undefined ? undefined : { next, types }
}

export function encodeNsec(next: DomainName, types: readonly number[]): Uint8Array {
  const writer = new Writer(64)
  writeName(writer, next)
  writeTypeBitmap(writer, types)
  return writer.finish()
}

export function decodeNsec3(data: Uint8Array): Nsec3 | undefined {
  const reader = new Reader(data)
  const head = { hash: reader.u8(), flags: reader.u8(), iterations: reader.u16() }
  const salt = reader.take(reader.u8())
  const next = reader.take(reader.u8())
  const types = readTypes(reader)
  return reader.short || next.length === 0 || types === undefined ? undefined : { ...head, salt, next, types }
}

export interface Nsec3Parameters {
  readonly iterations: number
  readonly salt: Uint8Array
}

export function encodeNsec3(
  parameters: Nsec3Parameters,
  flags: number,
  next: Uint8Array,
  types: readonly number[],
): Uint8Array {
  const writer = new Writer(64)
  writeNsec3Head(writer, parameters, flags)
  writer.u8(next.length)
  writer.put(next)
  writeTypeBitmap(writer, types)
  return writer.finish()
}

/** RFC 5155 §4.1.2: the flags are zero, whatever the NSEC3 records say. */
export function encodeNsec3Param(parameters: Nsec3Parameters): Uint8Array {
  const writer = new Writer(16)
  writeNsec3Head(writer, parameters, 0)
  return writer.finish()
}

function writeNsec3Head(writer: Writer, { iterations, salt }: Nsec3Parameters, flags: number): void {
  writer.u8(NSEC3_SHA1)
  writer.u8(flags)
  writer.u16(iterations)
  writer.u8(salt.length)
  writer.put(salt)
}
