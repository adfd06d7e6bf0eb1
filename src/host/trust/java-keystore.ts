// A Java keystore of trusted certificates in the JKS format (as sun.security.provider.JavaKeyStore reads it): the one
// that every Java reads and that needs no encryption to write. Holds no keys.

import { createHash } from 'node:crypto'
import { Writer } from '../../wire/writer.ts'

/** The password that every Java assumes for its own trust store. */
const JAVA_STORE_PASSWORD = 'changeit'

const MAGIC = 0xfeedfeed
const VERSION = 2
const TRUSTED_CERTIFICATE = 2
const DIGEST_SALT = 'Mighty Aphrodite'
const INITIAL_BYTES = 262_144 // a system's bundle of some 150 certificates fits

/** `certificates` are DER. `createdMs` is stamped on each entry. */
export function encodeJavaKeystore(certificates: readonly Uint8Array[], createdMs: number): Uint8Array {
  const writer = new Writer(INITIAL_BYTES)
  writer.u32(MAGIC)
  writer.u32(VERSION)
  writer.u32(certificates.length)
  certificates.forEach((certificate, at) => {
    writer.u32(TRUSTED_CERTIFICATE)
    putText(writer, `trusted-${at + 1}`)
    writer.u32(Math.floor(createdMs / 2 ** 32))
    writer.u32(createdMs % 2 ** 32)
    putText(writer, 'X.509')
    writer.u32(certificate.length)
    writer.put(certificate)
  })
  writer.put(digestOf(writer.view()))
  return writer.finish()
}

function putText(writer: Writer, ascii: string): void {
  writer.u16(ascii.length)
  writer.put(Buffer.from(ascii, 'latin1'))
}

function digestOf(store: Uint8Array): Uint8Array {
  const password = Buffer.from(JAVA_STORE_PASSWORD, 'utf16le').swap16()
  return createHash('sha1').update(password).update(DIGEST_SALT, 'latin1').update(store).digest()
}
