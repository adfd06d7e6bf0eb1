// Blocks of a capture file (draft-ietf-opsawg-pcapng): what a file with one interface of whole IP packets needs. Little
// endian throughout. Knows nothing of what is inside a packet.

const BLOCK = { section: 0x0a0d0d0a, interface: 1, enhancedPacket: 6, decryptionSecrets: 10 } as const
const OPTION = { comment: 1, name: 2, userApplication: 4, resolution: 9 } as const
const BYTE_ORDER_MAGIC = 0x1a2b3c4d
const UNKNOWN_LENGTH = -1n // §4.1: the section's length is not told
const LINKTYPE_RAW = 101 // an IPv4 or IPv6 packet, told apart by its version
const MICROSECONDS = 6 // if_tsresol: 10^-6 s
const TLS_KEY_LOG = 0x544c534b // §4.7: an NSS key log
const EMPTY = new Uint8Array(0)

interface Option {
  readonly code: number
  readonly value: Uint8Array
}

export function sectionHeader(application: string): Uint8Array {
  const body = new DataView(new ArrayBuffer(16))
  body.setUint32(0, BYTE_ORDER_MAGIC, true)
  body.setUint16(4, 1, true)
  body.setBigInt64(8, UNKNOWN_LENGTH, true)
  return block(BLOCK.section, bytesOf(body), EMPTY, [{ code: OPTION.userApplication, value: textBytes(application) }])
}

export function interfaceDescription(name: string): Uint8Array {
  const body = new DataView(new ArrayBuffer(8))
  body.setUint16(0, LINKTYPE_RAW, true)
  return block(BLOCK.interface, bytesOf(body), EMPTY, [
    { code: OPTION.name, value: textBytes(name) },
    { code: OPTION.resolution, value: Uint8Array.of(MICROSECONDS) },
  ])
}

/** `packet` begins with its IP header. */
export function enhancedPacket(wallMs: number, packet: Uint8Array, comment?: string): Uint8Array {
  const micros = Math.round(wallMs * 1000)
  const body = new DataView(new ArrayBuffer(20))
  body.setUint32(4, Math.floor(micros / 2 ** 32), true)
  body.setUint32(8, micros % 2 ** 32, true)
  body.setUint32(12, packet.length, true)
  body.setUint32(16, packet.length, true)
  const options = comment === undefined ? [] : [{ code: OPTION.comment, value: textBytes(comment) }]
  return block(BLOCK.enhancedPacket, bytesOf(body), packet, options)
}

/** `lines` of an NSS key log, each with its line end. They serve the packets after them. */
export function decryptionSecrets(lines: string): Uint8Array {
  const secrets = textBytes(lines)
  const body = new DataView(new ArrayBuffer(8))
  body.setUint32(0, TLS_KEY_LOG, true)
  body.setUint32(4, secrets.length, true)
  return block(BLOCK.decryptionSecrets, bytesOf(body), secrets, [])
}

/** Type, length, fixed fields, data padded to 4 bytes, options, length again (§3.1). */
function block(type: number, fixed: Uint8Array, data: Uint8Array, options: readonly Option[]): Uint8Array {
  const optionsLength = options.length === 0 ? 0 : options.reduce((sum, one) => sum + 4 + padded(one.value.length), 4)
  const total = 12 + fixed.length + padded(data.length) + optionsLength
  const bytes = new Uint8Array(total)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, type, true)
  view.setUint32(4, total, true)
  bytes.set(fixed, 8)
  bytes.set(data, 8 + fixed.length)
  putOptions(bytes, 8 + fixed.length + padded(data.length), options)
  view.setUint32(total - 4, total, true)
  return bytes
}

/** The end-of-options mark is four zero bytes, which are there already (§3.5). */
function putOptions(bytes: Uint8Array, from: number, options: readonly Option[]): void {
  const view = new DataView(bytes.buffer)
  let at = from
  for (const { code, value } of options) {
    view.setUint16(at, code, true)
    view.setUint16(at + 2, value.length, true)
    bytes.set(value, at + 4)
    at += 4 + padded(value.length)
  }
}

function padded(length: number): number {
  return (length + 3) & ~3
}

function textBytes(text: string): Uint8Array {
  return Buffer.from(text, 'utf8')
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer)
}
