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
/** Behind type and length. */
const FIXED_AT = 8
const NO_OPTIONS: readonly Option[] = []

interface Option {
  readonly code: number
  readonly value: Uint8Array
}

export function sectionHeader(application: string): Uint8Array {
  const options = [{ code: OPTION.userApplication, value: textBytes(application) }]
  const { bytes, view } = block(BLOCK.section, 16, EMPTY, options)
  view.setUint32(FIXED_AT, BYTE_ORDER_MAGIC, true)
  view.setUint16(FIXED_AT + 4, 1, true)
  view.setUint16(FIXED_AT + 6, 0, true)
  view.setBigInt64(FIXED_AT + 8, UNKNOWN_LENGTH, true)
  return bytes
}

export function interfaceDescription(name: string): Uint8Array {
  const { bytes, view } = block(BLOCK.interface, 8, EMPTY, [
    { code: OPTION.name, value: textBytes(name) },
    { code: OPTION.resolution, value: Uint8Array.of(MICROSECONDS) },
  ])
  view.setUint32(FIXED_AT, LINKTYPE_RAW, true)
  view.setUint32(FIXED_AT + 4, 0, true)
  return bytes
}

/** `packet` begins with its IP header. */
export function enhancedPacket(wallMs: number, packet: Uint8Array, comment?: string): Uint8Array {
  const micros = Math.round(wallMs * 1000)
  const options = comment === undefined ? NO_OPTIONS : [{ code: OPTION.comment, value: textBytes(comment) }]
  const { bytes, view } = block(BLOCK.enhancedPacket, 20, packet, options)
  view.setUint32(FIXED_AT, 0, true)
  view.setUint32(FIXED_AT + 4, Math.floor(micros / 2 ** 32), true)
  view.setUint32(FIXED_AT + 8, micros % 2 ** 32, true)
  view.setUint32(FIXED_AT + 12, packet.length, true)
  view.setUint32(FIXED_AT + 16, packet.length, true)
  return bytes
}

/** `lines` of an NSS key log, each with its line end. They serve the packets after them. */
export function decryptionSecrets(lines: string): Uint8Array {
  const secrets = textBytes(lines)
  const { bytes, view } = block(BLOCK.decryptionSecrets, 8, secrets, NO_OPTIONS)
  view.setUint32(FIXED_AT, TLS_KEY_LOG, true)
  view.setUint32(FIXED_AT + 4, secrets.length, true)
  return bytes
}

interface Block {
  readonly bytes: Uint8Array
  readonly view: DataView
}

/**
 * Type, length, fixed fields, data padded to 4 bytes, options, length again (§3.1). The fixed fields are the caller's to
 * write: the bytes come from Buffer's pool as they are, since memory of its own for each packet costs more than the packet.
 */
function block(type: number, fixedLength: number, data: Uint8Array, options: readonly Option[]): Block {
  const optionsLength = options.length === 0 ? 0 : options.reduce((sum, one) => sum + 4 + padded(one.value.length), 4)
  const dataAt = FIXED_AT + fixedLength
  const total = dataAt + padded(data.length) + optionsLength + 4
  const bytes = Buffer.allocUnsafe(total)
  const view = new DataView(bytes.buffer, bytes.byteOffset, total)
  view.setUint32(0, type, true)
  view.setUint32(4, total, true)
  bytes.set(data, dataAt)
  bytes.fill(0, dataAt + data.length)
  putOptions(bytes, view, dataAt + padded(data.length), options)
  view.setUint32(total - 4, total, true)
  return { bytes, view }
}

/** The end-of-options mark is four zero bytes, which are there already (§3.5). */
function putOptions(bytes: Uint8Array, view: DataView, from: number, options: readonly Option[]): void {
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
