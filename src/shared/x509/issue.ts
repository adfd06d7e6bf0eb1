// Issues certificates (RFC 5280) with keys of node:crypto. Keeps nothing: who may be certified is the caller's matter.

import { createHash, sign, type KeyObject } from 'node:crypto'
import {
  TAG,
  decodeDer,
  decodeDerList,
  der,
  derBitString,
  derExplicit,
  derObjectIdentifier,
  derSequence,
  derUnsigned,
} from './der.ts'
import * as extensions from './extension.ts'
import { encodeName, type DistinguishedName } from './name.ts'
import { OID } from './oid.ts'

interface Request {
  readonly subject: DistinguishedName
  /** EC P-256 or RSA. */
  readonly publicKey: KeyObject
  /** 1 to 20 bytes, the first of them under 0x80 (§4.1.2.2). */
  readonly serial: Uint8Array
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

export interface AuthorityRequest extends Request {
  /** How many authorities may stand between this one and an end certificate; undefined: any number. */
  readonly pathLength?: number
  /** Undefined: it may certify every name. */
  readonly constraints?: extensions.NameConstraints
}

export interface EndRequest extends Request {
  /** DNS names and addresses, for the subject alternative name. */
  readonly names: readonly string[]
  readonly purposes: readonly extensions.Purpose[]
}

/** Who signs. `subject` is the name in the signer's own certificate. */
export interface Issuer {
  readonly subject: DistinguishedName
  readonly privateKey: KeyObject
  /** Of the signer's public key: what `keyIdentifier` gives. */
  readonly keyIdentifier: Uint8Array
}

const VERSION_3 = derExplicit(0, derUnsigned(Uint8Array.of(2)))
const ECDSA = derSequence(derObjectIdentifier(OID.ecdsaWithSha256))
const RSA = derSequence(derObjectIdentifier(OID.sha256WithRsaEncryption), der(TAG.null))
const YEAR_2050_MS = Date.UTC(2050, 0, 1) // §4.1.2.5: UTCTime through 2049
const KEY_IDENTIFIER_BYTES = 20 // RFC 7093 §2, method 1

/** An authority's certificate in DER; signed by itself when `issuer` holds the private half of its own key. */
export function issueAuthority(request: AuthorityRequest, issuer: Issuer): Uint8Array {
  const { constraints } = request
  return issue(request, issuer, [
    extensions.basicConstraints(request.pathLength),
    extensions.keyUsageOf('authority'),
    ...(constraints ? [extensions.nameConstraints(constraints)] : []),
  ])
}

/** A server's or client's certificate in DER. */
export function issueEnd(request: EndRequest, issuer: Issuer): Uint8Array {
  return issue(request, issuer, [
    extensions.keyUsageOf(request.publicKey.asymmetricKeyType === 'rsa' ? 'rsa' : 'ec'),
    extensions.extKeyUsage(request.purposes),
    extensions.subjectAltName(request.names, request.subject.commonName === undefined && !request.subject.organization),
  ])
}

/** What both key identifier extensions hold: SHA-256 of the key's bits, the first 20 bytes of it. */
export function keyIdentifier(key: KeyObject): Uint8Array {
  const info = decodeDer(key.export({ type: 'spki', format: 'der' }))
  const bits = info && decodeDerList(info.content)?.[1]?.content.subarray(1)
  if (!bits) throw new TypeError('not a public key')
  return Uint8Array.from(createHash('sha256').update(bits).digest().subarray(0, KEY_IDENTIFIER_BYTES))
}

function issue(request: Request, issuer: Issuer, own: readonly Uint8Array[]): Uint8Array {
  const algorithm = algorithmOf(issuer.privateKey)
  const certificate = derSequence(
    VERSION_3,
    derUnsigned(request.serial),
    algorithm,
    encodeName(issuer.subject),
    derSequence(encodeTime(request.notBeforeMs), encodeTime(request.notAfterMs)),
    encodeName(request.subject),
    Uint8Array.from(request.publicKey.export({ type: 'spki', format: 'der' })),
    derExplicit(
      3,
      derSequence(
        ...own,
        extensions.subjectKeyIdentifier(keyIdentifier(request.publicKey)),
        extensions.authorityKeyIdentifier(issuer.keyIdentifier),
      ),
    ),
  )
  return derSequence(certificate, algorithm, derBitString(sign('sha256', certificate, issuer.privateKey)))
}

function algorithmOf(key: KeyObject): Uint8Array {
  if (key.asymmetricKeyType === 'ec') return ECDSA
  if (key.asymmetricKeyType === 'rsa') return RSA
  throw new TypeError(`cannot sign certificates with a key of type ${key.asymmetricKeyType ?? 'secret'}`)
}

function encodeTime(ms: number): Uint8Array {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return ms < YEAR_2050_MS
    ? der(TAG.utcTime, Buffer.from(digits.slice(2), 'latin1'))
    : der(TAG.generalizedTime, Buffer.from(digits, 'latin1'))
}
