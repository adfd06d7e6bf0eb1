// What the two ends of a TLS have in common and no one between them has, out of Node's TLS: what binds a login to it, and keys
// for other uses.

import { createHash, type X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import type { TlsInfo } from '../core/io.ts'
import type { Secure } from '../core/stream-wire.ts'

/** RFC 9266 §2. */
const EXPORTER_LABEL = 'EXPORTER-Channel-Binding'
const EXPORTER_BYTES = 32
const NO_CONTEXT = Buffer.alloc(0)

/** For `TlsInfo.channelBinding`. Nothing is computed before a type is asked for. */
export function channelBindingOf(tls: TLSSocket, side: Secure['side']): NonNullable<TlsInfo['channelBinding']> {
  return (type) => {
    if (tls.destroyed) return undefined
    return type === 'tls-exporter'
      ? exported(tls, EXPORTER_LABEL, NO_CONTEXT, EXPORTER_BYTES)
      : serverEndPoint(tls, side)
  }
}

/** For `TlsInfo.exportKey`. */
export function keyExporterOf(tls: TLSSocket): NonNullable<TlsInfo['exportKey']> {
  return (label, context, length) => (tls.destroyed ? undefined : exported(tls, label, context, length))
}

/** TLS 1.3 only: before it, the bytes are no one else's only with an extension that Node does not tell of (RFC 9266 §4). */
function exported(tls: TLSSocket, label: string, context: Uint8Array, length: number): Uint8Array | undefined {
  if (tls.getProtocol() !== 'TLSv1.3') return undefined
  return tls.exportKeyingMaterial(length, label, Buffer.from(context))
}

/** RFC 5929 §4.1: the server's certificate, hashed as its signature hashes it. */
function serverEndPoint(tls: TLSSocket, side: Secure['side']): Uint8Array | undefined {
  const certificate = side === 'server' ? tls.getX509Certificate() : tls.getPeerX509Certificate()
  const hash = certificate === undefined ? undefined : hashOf(certificate)
  return certificate === undefined || hash === undefined ? undefined : createHash(hash).update(certificate.raw).digest()
}

/** `undefined` where a signature has no hash of its own (Ed25519), or has it in its parameters (RSASSA-PSS). */
function hashOf({ signatureAlgorithm = '' }: X509Certificate): string | undefined {
  const [, name = ''] = /(md5|sha-?\d+)/i.exec(signatureAlgorithm) ?? []
  const hash = name.toLowerCase().replace('-', '')
  if (hash === 'md5' || hash === 'sha1') return 'sha256'
  return hash === '' ? undefined : hash
}
