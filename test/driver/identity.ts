// A throw-away authority and one server certificate under it.

import { generateKeyPairSync } from 'node:crypto'
import type { Identity } from '../../src/core/plane.ts'
import { encodePem, issueAuthority, issueEnd, keyIdentifier } from '../../src/shared/x509/index.ts'

const HOUR_MS = 3_600_000

export interface Issued {
  readonly identity: Identity
  readonly trustedPem: string
}

export function issued(name: string): Issued {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const subject = { commonName: 'Driver Test Authority' }
  const identifier = keyIdentifier(authority.publicKey)
  const issuer = { subject, privateKey: authority.privateKey, keyIdentifier: identifier }
  const nowMs = Date.now()
  const validity = { notBeforeMs: nowMs - HOUR_MS, notAfterMs: nowMs + HOUR_MS }
  const root = issueAuthority(
    { subject, publicKey: authority.publicKey, serial: Uint8Array.of(1), ...validity },
    issuer,
  )
  const end = issueEnd(
    {
      subject: { commonName: name },
      publicKey: server.publicKey,
      serial: Uint8Array.of(2),
      ...validity,
      names: [name],
      purposes: ['server'],
    },
    issuer,
  )
  return {
    trustedPem: encodePem(root, 'CERTIFICATE'),
    identity: {
      keyPem: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      certificatePem: encodePem(end, 'CERTIFICATE'),
    },
  }
}
