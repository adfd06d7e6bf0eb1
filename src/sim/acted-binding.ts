// Channel bindings and exported keys of a TLS that is acted out: as with a real one, both ends have the same, they are new with
// every connection, and one kind of binding stays with the server's certificate.

import { createHash, hkdfSync } from 'node:crypto'
import type { TlsInfo } from '../core/io.ts'
import type { Identity } from '../core/plane.ts'

/** RFC 9266 §2. */
const EXPORTER_BYTES = 32

/** For the `TlsInfo` that the two ends share. Chance is drawn when it is first asked for, and no sooner. */
export function actedBinding(
  identity: Identity,
  random: (size: number) => Uint8Array,
): NonNullable<TlsInfo['channelBinding']> {
  let exported: Uint8Array | undefined
  return (type) => {
    if (type === 'tls-exporter') return (exported ??= random(EXPORTER_BYTES))
    return createHash('sha256').update(identity.certificatePem).digest()
  }
}

/** For the same. The secret is drawn when a key is first asked for. */
export function actedExporter(random: (size: number) => Uint8Array): NonNullable<TlsInfo['exportKey']> {
  let secret: Uint8Array | undefined
  return (label, context, length) => {
    secret ??= random(EXPORTER_BYTES)
    return new Uint8Array(hkdfSync('sha256', secret, context, label, length))
  }
}
