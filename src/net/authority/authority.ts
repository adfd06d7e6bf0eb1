// The certificate authority of one world: its key, its constraints, and the identities that it gives out. Which names
// live where is residence.ts's matter.

import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { isFailure, type Failure } from '../../core/failure.ts'
import type { Identity } from '../../core/plane.ts'
import { readState, writeState } from '../../host/trust/state-folder.ts'
import {
  COMMON_NAME_MAX_CHARACTERS,
  decodeCertificate,
  decodePem,
  encodeName,
  encodePem,
  issueAuthority,
  issueEnd,
  keyIdentifier,
  nameCovers,
  rangeCovers,
  type DistinguishedName,
  type Issuer,
} from '../../shared/x509/index.ts'

export interface AuthorityOptions {
  /** Domains and host names that it may certify, lower case. */
  readonly names: readonly string[]
  /** CIDR ranges that it may certify. */
  readonly ranges: readonly string[]
  /** It must certify any name: it is then unconstrained, and lives in memory only, whatever `stateFolder` says. */
  readonly catchAll: boolean
  /** The world's wall clock. */
  readonly wallMs: () => number
  /** Whether that clock is to be moved: who trusts the authority then does so for long. */
  readonly isMoved?: boolean
  /** Where the key is kept between runs; without it, in memory. */
  readonly stateFolder?: string
}

export interface Authority {
  /** What clients must trust. */
  readonly certificatePem: string
  /** Where its key is. */
  readonly kept: 'memory' | 'folder'
  /** Why its key is in memory although a folder was named. */
  readonly problem?: Failure
  /** A certificate for all of `names` (DNS names and addresses, the first of them the subject) and its key. */
  identity(names: readonly string[]): Identity
}

interface Root {
  readonly certificate: Uint8Array
  readonly issuer: Issuer
}

interface Issued {
  readonly identity: Identity
  /** Good for clients from then on, and renewed at the end. */
  readonly fromMs: number
  readonly renewMs: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const AUTHORITY_MS = 30 * DAY_MS // ours: long enough for a world that stays up, short enough to be forgotten
const MOVED_MS = 20 * 366 * DAY_MS // ours: as far as a world's clock may be moved either way; in years, lest it be met by accident
const IDENTITY_MS = 7 * DAY_MS // ours: renewed at half of it
const BACKDATED_MS = HOUR_MS // ours: for clients whose clock is a little behind
const IDENTITIES_MAX = 1024 // ours: a catch-all world's clients choose the names
const SERIAL_BYTES = 16 // RFC 5280 §4.1.2.2 allows 20
const ORGANIZATION = 'Portolan'
const CERTIFICATE = 'CERTIFICATE'
const PRIVATE_KEY = 'PRIVATE KEY'
const KEY_FILE = 'authority.key'
const CERTIFICATE_FILE = 'authority.pem'

/** Takes the authority kept in `stateFolder` while it is valid and covers the world, else makes a new one. */
export function createAuthority(options: AuthorityOptions): Authority {
  const folder = options.catchAll ? undefined : options.stateFolder
  const found = folder === undefined ? undefined : keptRoot(folder, options)
  const root = found ?? newRoot(options)
  const problem = folder === undefined || found ? undefined : keepRoot(folder, root)
  return {
    certificatePem: encodePem(root.certificate, CERTIFICATE),
    kept: folder === undefined || problem ? 'memory' : 'folder',
    ...(problem ? { problem } : {}),
    identity: issuerOf(root, options.wallMs),
  }
}

function newRoot(options: AuthorityOptions): Root {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const now = options.wallMs()
  const [backMs, aheadMs] = options.isMoved === true ? [MOVED_MS, MOVED_MS] : [BACKDATED_MS, AUTHORITY_MS]
  const issuer = issuerFrom(privateKey, publicKey)
  const certificate = issueAuthority(
    {
      subject: issuer.subject,
      publicKey,
      serial: serial(),
      notBeforeMs: Math.max(0, now - backMs),
      notAfterMs: now + aheadMs,
      pathLength: 0,
      ...(options.catchAll ? {} : { constraints: options }),
    },
    issuer,
  )
  return { certificate, issuer }
}

function issuerFrom(privateKey: KeyObject, publicKey: KeyObject): Issuer {
  return { subject: subjectOf(publicKey), privateKey, keyIdentifier: keyIdentifier(publicKey) }
}

/** Different for each key, so that two authorities in one store are two entries there. */
function subjectOf(publicKey: KeyObject): DistinguishedName {
  const mark = Buffer.from(publicKey.export({ type: 'spki', format: 'der' }))
    .toString('hex')
    .slice(-8)
  return { organization: ORGANIZATION, commonName: `Portolan world authority ${mark}` }
}

function keptRoot(folder: string, options: AuthorityOptions): Root | undefined {
  const keyText = readState(folder, KEY_FILE, 'secret')
  const certificateText = readState(folder, CERTIFICATE_FILE, 'public')
  if (isFailure(keyText) || isFailure(certificateText)) return undefined
  const der = decodePem(certificateText, CERTIFICATE)[0]
  const certificate = der && decodeCertificate(der)
  const key = keyFrom(keyText)
  if (!certificate || !key) return undefined
  const publicKey = createPublicKey(key)
  const issuer = issuerFrom(key, publicKey)
  const now = options.wallMs()
  const usable =
    publicKey.export({ type: 'spki', format: 'der' }).equals(certificate.publicKey) &&
    Buffer.from(certificate.subject).equals(encodeName(issuer.subject)) &&
    certificate.authority &&
    certificate.notBeforeMs <= now &&
    certificate.notAfterMs >= now + (options.isMoved === true ? MOVED_MS / 2 : IDENTITY_MS) &&
    covers(certificate.permitted, options)
  return usable ? { certificate: certificate.der, issuer } : undefined
}

function covers(
  permitted: { names: readonly string[]; ranges: readonly string[] } | undefined,
  options: AuthorityOptions,
): boolean {
  if (!permitted) return false
  return (
    options.names.every((name) => permitted.names.some((tree) => nameCovers(tree, name))) &&
    options.ranges.every((range) => permitted.ranges.some((outer) => rangeCovers(outer, range)))
  )
}

function keyFrom(text: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(text)
    return key.asymmetricKeyType === 'ec' ? key : undefined
  } catch {
    return undefined
  }
}

/** The key is written first: a certificate without its key would be taken for kept and is useless. */
function keepRoot(folder: string, root: Root): Failure | undefined {
  return (
    writeState(folder, KEY_FILE, keyPem(root.issuer.privateKey), 'secret') ??
    writeState(folder, CERTIFICATE_FILE, encodePem(root.certificate, CERTIFICATE), 'public')
  )
}

function issuerOf(root: Root, wallMs: () => number): Authority['identity'] {
  const issued = new Map<string, Issued>()
  return (names) => {
    const known = issued.get(names.join('\n'))
    const now = wallMs()
    if (known && now < known.renewMs && now >= known.fromMs) return known.identity
    const fresh = {
      identity: newIdentity(root, names, now),
      fromMs: now - BACKDATED_MS,
      renewMs: now + IDENTITY_MS / 2,
    }
    remember(issued, names.join('\n'), fresh)
    return fresh.identity
  }
}

function remember(issued: Map<string, Issued>, key: string, fresh: Issued): void {
  issued.delete(key)
  if (issued.size >= IDENTITIES_MAX) issued.delete(issued.keys().next().value ?? '')
  issued.set(key, fresh)
}

function newIdentity(root: Root, names: readonly string[], now: number): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const [first = ''] = names
  const certificate = issueEnd(
    {
      subject: first.length > COMMON_NAME_MAX_CHARACTERS ? {} : { commonName: first },
      publicKey,
      serial: serial(),
      notBeforeMs: now - BACKDATED_MS,
      notAfterMs: now + IDENTITY_MS,
      names,
      purposes: ['server'],
    },
    root.issuer,
  )
  return { keyPem: keyPem(privateKey), certificatePem: encodePem(certificate, CERTIFICATE) }
}

function keyPem(key: KeyObject): string {
  return encodePem(key.export({ type: 'pkcs8', format: 'der' }), PRIVATE_KEY)
}

/** Positive, and never with a zero first byte. */
function serial(): Uint8Array {
  const bytes = Uint8Array.from(randomBytes(SERIAL_BYTES))
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return bytes
}
