// Reads the fields of a certificate (RFC 5280 §4.1) that we look at. Verifies nothing.

import { formatIp } from '../../wire/ip.ts'
import { TAG, decodeDer, decodeDerList, formatObjectIdentifier, type DerValue } from './der.ts'
import type { NameConstraints } from './extension.ts'
import { OID } from './oid.ts'
import { formatRange } from './range.ts'

export interface Certificate {
  readonly der: Uint8Array
  /** The subject's SEQUENCE. */
  readonly subject: Uint8Array
  readonly issuer: Uint8Array
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** The SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array
  /** DNS names and addresses of the subject alternative name. */
  readonly names: readonly string[]
  readonly authority: boolean
  /** What the name constraints permit; undefined without the extension. */
  readonly permitted: NameConstraints | undefined
}

const DNS_NAME = 0x82 // GeneralName dNSName [2]
const IP_ADDRESS = 0x87 // GeneralName iPAddress [7]
const PERMITTED = 0xa0 // NameConstraints permittedSubtrees [0]

/** Undefined when `bytes` is no X.509 version 3 certificate. */
export function decodeCertificate(bytes: Uint8Array): Certificate | undefined {
  const outer = decodeDer(bytes)
  const [inner] = listOf(outer)
  const [version, , , issuer, validity, subject, publicKey, ...optional] = listOf(inner)
  const [notBefore, notAfter] = listOf(validity)
  if (!outer || version?.tag !== 0xa0 || !issuer || !subject || !publicKey || !notBefore || !notAfter) return undefined
  const found = extensionsOf(optional.find((value) => value.tag === 0xa3))
  return {
    der: outer.whole,
    subject: subject.whole,
    issuer: issuer.whole,
    notBeforeMs: timeOf(notBefore),
    notAfterMs: timeOf(notAfter),
    publicKey: publicKey.whole,
    names: generalNames(listOf(found.get(OID.subjectAltName)), addressOf),
    authority: listOf(found.get(OID.basicConstraints))[0]?.content[0] === 0xff,
    permitted: permittedOf(found.get(OID.nameConstraints)),
  }
}

function addressOf(bytes: Uint8Array): string | undefined {
  return bytes.length === 4 || bytes.length === 16 ? formatIp(bytes) : undefined
}

function listOf(value: DerValue | undefined): readonly DerValue[] {
  return (value && decodeDerList(value.content)) ?? []
}

function extensionsOf(wrapper: DerValue | undefined): ReadonlyMap<string, DerValue> {
  const found = new Map<string, DerValue>()
  for (const extension of listOf(listOf(wrapper)[0])) {
    const fields = listOf(extension)
    const value = decodeDer(fields.at(-1)?.content ?? new Uint8Array(0))
    if (fields[0] && value) found.set(formatObjectIdentifier(fields[0].content), value)
  }
  return found
}

function generalNames(values: readonly DerValue[], address: (bytes: Uint8Array) => string | undefined): string[] {
  return values.flatMap((value) => {
    if (value.tag === DNS_NAME) return [Buffer.from(value.content).toString('latin1')]
    const text = value.tag === IP_ADDRESS ? address(value.content) : undefined
    return text === undefined ? [] : [text]
  })
}

function permittedOf(constraints: DerValue | undefined): NameConstraints | undefined {
  if (!constraints) return undefined
  const trees = listOf(listOf(constraints).find((value) => value.tag === PERMITTED))
  const bases = trees.flatMap((tree) => listOf(tree).slice(0, 1))
  return {
    names: generalNames(
      bases.filter((base) => base.tag === DNS_NAME),
      addressOf,
    ),
    ranges: generalNames(
      bases.filter((base) => base.tag === IP_ADDRESS),
      formatRange,
    ),
  }
}

/** NaN for what is no time. Two-digit years are 1950 to 2049 (§4.1.2.5.1). */
function timeOf(value: DerValue): number {
  const text = Buffer.from(value.content).toString('latin1')
  const full = value.tag === TAG.utcTime ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full)
  if (!match) return Number.NaN
  const [, year, month, day, hour, minute, second] = match
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}
