// Distinguished names (RFC 5280 §4.1.2.4) and the hash under which OpenSSL files them.

import { createHash } from 'node:crypto'
import { TAG, decodeDerList, der, derObjectIdentifier, derSequence, type DerValue } from './der.ts'
import { OID } from './oid.ts'

export const COMMON_NAME_MAX_CHARACTERS = 64 // RFC 5280 appendix A.1, ub-common-name

export interface DistinguishedName {
  readonly organization?: string
  /** At most 64 characters. */
  readonly commonName?: string
}

export function encodeName(name: DistinguishedName): Uint8Array {
  const parts: Uint8Array[] = []
  if (name.organization !== undefined) parts.push(attribute(OID.organizationName, name.organization))
  if (name.commonName !== undefined) parts.push(attribute(OID.commonName, name.commonName))
  return derSequence(...parts)
}

/**
 * The eight hexadecimal digits before the dot in an OpenSSL certificate folder (`openssl x509 -subject_hash`): the first
 * four bytes of SHA-1 over the canonical name, lowest first. `name` is the whole SEQUENCE. Undefined when it is malformed.
 */
export function opensslNameHash(name: Uint8Array): string | undefined {
  const sequence = decodeDerList(name)?.[0]
  const sets = sequence && decodeDerList(sequence.content)
  if (!sets) return undefined
  const hash = createHash('sha1')
  for (const set of sets) {
    const canonical = canonicalSet(set)
    if (!canonical) return undefined
    hash.update(canonical)
  }
  return hash.digest().readUInt32LE(0).toString(16).padStart(8, '0')
}

function attribute(type: string, value: string): Uint8Array {
  return der(TAG.set, derSequence(derObjectIdentifier(type), der(TAG.utf8String, Buffer.from(value, 'utf8'))))
}

function canonicalSet(set: DerValue): Uint8Array | undefined {
  const attributes = decodeDerList(set.content)?.map((value) => {
    const [type, text] = decodeDerList(value.content) ?? []
    return type && text && derSequence(type.whole, canonicalText(text))
  })
  return attributes?.every((value) => value !== undefined)
    ? der(TAG.set, ...attributes.toSorted((a, b) => Buffer.compare(a, b)))
    : undefined
}

/** UTF-8, ASCII letters in lower case, spaces trimmed and runs of them made one. What is no text stays as it is. */
function canonicalText(value: DerValue): Uint8Array {
  const text = textOf(value)
  if (text === undefined) return value.whole
  const canonical = text
    .replaceAll(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '')
    .replaceAll(/[ \t\n\v\f\r]+/g, ' ')
    .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  return der(TAG.utf8String, Buffer.from(canonical, 'utf8'))
}

function textOf(value: DerValue): string | undefined {
  const bytes = Buffer.from(value.content)
  switch (value.tag) {
    case TAG.utf8String:
      return bytes.toString('utf8')
    case TAG.printableString:
    case TAG.ia5String:
    case TAG.visibleString:
    case TAG.t61String:
      return bytes.toString('latin1')
    case TAG.bmpString:
      return bytes.length % 2 === 0 ? bytes.swap16().toString('utf16le') : undefined
    default:
      return undefined
  }
}
