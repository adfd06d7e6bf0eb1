// Whether a server's certificate is good by the world's clock, where that is another than the machine's: OpenSSL knows the machine's alone.
// The one authority of the world is looked for directly above the certificate; longer chains are not good then.

import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { failure, type Failure } from '../core/failure.ts'
import type { Gatekeeper } from '../core/plane.ts'

/** Clocks that are nearer than this are the same: certificates count hours. Ours. */
const SAME_MS = 60_000
const BY_TIME = new Set(['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED'])

export function hasAnotherTime({ wallMs }: Gatekeeper): boolean {
  return wallMs !== undefined && Math.abs(wallMs() - Date.now()) > SAME_MS
}

/** Why it is not; after a handshake that refused nothing. */
export function whyNotGood(
  tls: TLSSocket,
  serverName: string,
  { trustedPem, wallMs }: Gatekeeper,
): Failure | undefined {
  const certificate = tls.getPeerX509Certificate()
  if (certificate === undefined) return failure('ENOCERTIFICATE', 'the server has no certificate')
  const authority = new X509Certificate(trustedPem)
  const now = wallMs?.() ?? Date.now()
  for (const { validFromDate, validToDate } of [certificate, authority]) {
    if (now < validFromDate.getTime()) return failure('CERT_NOT_YET_VALID', 'certificate is not yet valid in the world')
    if (now > validToDate.getTime()) return failure('CERT_HAS_EXPIRED', 'certificate has expired in the world')
  }
  const error = tls.authorizationError
  if (error === undefined || error === null) return undefined
  const code = String(error)
  if (!BY_TIME.has(code)) return failure(code, `the certificate is not good: ${code}`)
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey))
    return failure('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the certificate is not of the authority of the world')
  return isFor(certificate, serverName) ? undefined : failure('ERR_TLS_CERT_ALTNAME_INVALID', `not for ${serverName}`)
}

function isFor(certificate: X509Certificate, serverName: string): boolean {
  const match = isIP(serverName) === 0 ? certificate.checkHost(serverName) : certificate.checkIP(serverName)
  return match !== undefined
}
