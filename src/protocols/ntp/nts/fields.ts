// The extension fields of NTS in a packet (RFC 8915 §5): how they are found in one, and how the authenticator is made.

import { decodeFields, encodeField, type ExtensionField } from '../codec/extension.ts'
import type { Aead } from './algorithms.ts'
import { FIELDS, UNIQUE_ID_MIN_BYTES } from './messages.ts'

const LENGTHS_BYTES = 4
const FIELD_HEADER_BYTES = 4

/** The fields of a packet under NTS, in views of it. */
export interface Protected {
  /** The field as a whole, to be sent back. */
  readonly uniqueId: Uint8Array
  readonly cookies: readonly Uint8Array[]
  readonly placeholders: readonly ExtensionField[]
  readonly authenticator: Authenticator | undefined
}

export interface Authenticator {
  /** Where it begins: what stands before it is the associated data. */
  readonly at: number
  readonly nonce: Uint8Array
  readonly sealed: Uint8Array
}

/** `undefined`: a rule of RFC 8915 §5.7 is broken. What stands behind the authenticator proves nothing and is left out. */
export function protectedOf(packet: Uint8Array, fields: readonly ExtensionField[]): Protected | undefined {
  const end = fields.findIndex(({ type }) => type === FIELDS.authenticator)
  const covered = end === -1 ? fields : fields.slice(0, end)
  const ids = covered.filter(({ type }) => type === FIELDS.uniqueIdentifier)
  const [id] = ids
  if (id === undefined || ids.length > 1 || id.body.length < UNIQUE_ID_MIN_BYTES) return undefined
  const last = fields[end]
  const authenticator = last === undefined ? undefined : readAuthenticator(last)
  if (last !== undefined && authenticator === undefined) return undefined
  return {
    uniqueId: packet.subarray(id.at, id.at + FIELD_HEADER_BYTES + id.body.length),
    cookies: covered.filter(({ type }) => type === FIELDS.cookie).map(({ body }) => body),
    placeholders: covered.filter(({ type }) => type === FIELDS.placeholder),
    authenticator,
  }
}

/** The fields inside; `undefined`: not authentic, or no fields. */
export function openAuthenticator(
  packet: Uint8Array,
  { at, nonce, sealed }: Authenticator,
  aead: Aead,
): readonly ExtensionField[] | undefined {
  const plain = aead.open(nonce, sealed, packet.subarray(0, at))
  return plain === undefined ? undefined : decodeFields(plain)
}

/** The octets of an authenticator with a nonce and what was sealed (RFC 8915 §5.6). */
export function authenticatorBytes(nonceBytes: number, sealedBytes: number): number {
  return FIELD_HEADER_BYTES + LENGTHS_BYTES + padded(nonceBytes) + padded(sealedBytes)
}

/** Seals `plaintext` with all that stands before `at` in `packet`, and writes the field there; it must have room. */
export function writeAuthenticator(
  packet: Uint8Array,
  at: number,
  aead: Aead,
  nonce: Uint8Array,
  plaintext: Uint8Array,
): void {
  const sealed = aead.seal(nonce, plaintext, packet.subarray(0, at))
  const body = new Uint8Array(LENGTHS_BYTES + padded(nonce.length) + padded(sealed.length))
  const view = new DataView(body.buffer)
  view.setUint16(0, nonce.length)
  view.setUint16(2, sealed.length)
  body.set(nonce, LENGTHS_BYTES)
  body.set(sealed, LENGTHS_BYTES + padded(nonce.length))
  packet.set(encodeField(FIELDS.authenticator, body), at)
}

function readAuthenticator({ at, body }: ExtensionField): Authenticator | undefined {
  if (body.length < LENGTHS_BYTES) return undefined
  const nonceBytes = (body[0]! << 8) | body[1]!
  const sealedBytes = (body[2]! << 8) | body[3]!
  const sealedAt = LENGTHS_BYTES + padded(nonceBytes)
  if (nonceBytes === 0 || sealedAt + sealedBytes > body.length) return undefined
  return {
    at,
    nonce: body.subarray(LENGTHS_BYTES, LENGTHS_BYTES + nonceBytes),
    sealed: body.subarray(sealedAt, sealedAt + sealedBytes),
  }
}

function padded(bytes: number): number {
  return (bytes + 3) & ~3
}
