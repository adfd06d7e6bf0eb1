// The kinds of field of single, seldom seen records: gateways, prefixes, hardware addresses, locators, host identities.

import { Reader } from '../../../wire/reader.ts'
import { Writer } from '../../../wire/writer.ts'
import { base64, copyRest, hex, ipv4, ipv6, name, show, u8, type Field } from './fields.ts'
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from './ip.ts'

/** Bytes in hex with something between groups of them, whose zeros in front may be left out. */
function grouped(bytes: number, groupBytes: number, separator: string): Field {
  const group = new RegExp(`^[\\da-f]{1,${groupBytes * 2}}$`, 'i')
  const cut = new RegExp(`.{${groupBytes * 2}}(?=.)`, 'g')
  return {
    copy: (reader, writer) => writer.put(reader.take(bytes)),
    format: (reader) => Buffer.from(reader.take(bytes)).toString('hex').replace(cut, `$&${separator}`),
    parse(tokens, writer) {
      const text = tokens.shift()?.text ?? ''
      const groups = text.split(separator)
      if (groups.length !== bytes / groupBytes || !groups.every((each) => group.test(each)))
        return `${show(text)} is not ${bytes} bytes in hex with ${separator}`
      writer.put(Buffer.from(groups.map((each) => each.padStart(groupBytes * 2, '0')).join(''), 'hex'))
      return undefined
    },
  }
}

export const eui48 = grouped(6, 1, '-')
export const eui64 = grouped(8, 1, '-')
/** RFC 6742 §2.1.2 */
export const locator64 = grouped(8, 2, ':')

/** `0x47.0005.80`: hex, dots where one likes (RFC 1706 §5). */
export const nsap: Field = {
  copy: hex.copy,
  format: (reader) => `0x${hex.format(reader)}`,
  parse(tokens, writer) {
    const text = tokens.shift()?.text ?? ''
    if (!/^0x[\da-f.]+$/i.test(text)) return `${show(text)} is no NSAP address`
    return hex.parse([{ text: text.slice(2).replaceAll('.', ''), quoted: false }], writer)
  },
}

const nothing: Field = {
  copy: () => undefined,
  format: () => '.',
  parse: (tokens) => (tokens.shift()?.text === '.' ? undefined : 'a gateway of type 0 is written as .'),
}
/** By gateway type (RFC 4025 §2.3, RFC 8777 §4.2.3). */
const GATEWAYS: readonly Field[] = [nothing, ipv4, ipv6, name]

/** Precedence, gateway type, algorithm and the gateway, whose form the type says. */
export const gateway: Field = {
  copy(reader, writer) {
    const head = reader.take(3)
    const field = GATEWAYS[head[1] ?? 0]
    writer.put(head)
    if (field === undefined) reader.short = true
    else field.copy(reader, writer)
  },
  format(reader) {
    const [precedence = 0, type = 0, algorithm = 0] = reader.take(3)
    return `${precedence} ${type} ${algorithm} ${GATEWAYS[type]?.format(reader) ?? ''}`
  },
  parse(tokens, writer, origin) {
    const start = writer.length
    for (let at = 0; at < 3; at += 1) {
      const problem = u8.parse(tokens, writer)
      if (problem !== undefined) return problem
    }
    const field = GATEWAYS[writer.bytes[start + 1]!]
    return field === undefined ? 'gateway types go from 0 to 3' : field.parse(tokens, writer, origin)
  },
}

/** Precedence, the discovery-optional bit, relay type and the relay. */
export const amtRelay: Field = {
  copy(reader, writer) {
    const head = reader.take(2)
    const field = GATEWAYS[(head[1] ?? 0) & 127]
    writer.put(head)
    if (field === undefined) reader.short = true
    else field.copy(reader, writer)
  },
  format(reader) {
    const [precedence = 0, type = 0] = reader.take(2)
    return `${precedence} ${type >> 7} ${type & 127} ${GATEWAYS[type & 127]?.format(reader) ?? ''}`
  },
  parse(tokens, writer, origin) {
    const head = tokens.splice(0, 3).map(({ text }) => (/^\d{1,3}$/.test(text) ? Number(text) : 256))
    const [precedence = 256, optional = 256, type = 256] = head
    const field = GATEWAYS[type]
    if (precedence > 255 || optional > 1 || field === undefined) return 'not PRECEDENCE 0|1 TYPE RELAY'
    writer.u8(precedence)
    writer.u8((optional << 7) | type)
    return field.parse(tokens, writer, origin)
  },
}

const FAMILY_BYTES: ReadonlyMap<number, number> = new Map([
  [1, 4],
  [2, 16],
])

/** Address prefixes, `1:192.0.2.0/24 !2:2001:db8::/32`, to the end of the data (RFC 3123 §4, §5). */
export const prefixes: Field = {
  copy(reader, writer) {
    const items = new Reader(reader.bytes, reader.offset, reader.end)
    while (items.left > 0 && !items.short) {
      items.take(3)
      const length = items.u8() & 127
      if (items.take(length).at(-1) === 0) items.short = true
    }
    if (items.short) reader.short = true
    copyRest(reader, writer)
  },
  format(reader) {
    const items: string[] = []
    while (reader.left > 0 && !reader.short) items.push(formatPrefix(reader))
    return items.join(' ')
  },
  parse(tokens, writer) {
    for (const { text } of tokens.splice(0)) if (!parsePrefix(text, writer)) return `${show(text)} is no address prefix`
    return undefined
  },
}

/** A family that has no text, or a prefix too long for its family, leaves `reader.short` set. */
function formatPrefix(reader: Reader): string {
  const family = reader.u16()
  const bits = reader.u8()
  const lengthByte = reader.u8()
  const part = reader.take(lengthByte & 127)
  const bytes = FAMILY_BYTES.get(family) ?? 0
  if (bytes === 0 || part.length > bytes || bits > bytes * 8) reader.short = true
  const address = new Uint8Array(bytes)
  if (!reader.short) address.set(part)
  return `${lengthByte > 127 ? '!' : ''}${family}:${bytes === 4 ? formatIpv4(address) : formatIpv6(address)}/${bits}`
}

function parsePrefix(text: string, writer: Writer): boolean {
  const match = /^(!?)([12]):([^/]+)\/(\d{1,3})$/.exec(text)
  if (match === null) return false
  const address = match[2] === '1' ? parseIpv4(match[3] ?? '') : parseIpv6(match[3] ?? '')
  if (address === undefined || Number(match[4]) > address.length * 8) return false
  const length = address.findLastIndex((byte) => byte !== 0) + 1
  writer.u16(Number(match[2]))
  writer.u8(Number(match[4]))
  writer.u8(length | (match[1] === '!' ? 128 : 0))
  writer.put(address.subarray(0, length))
  return true
}

/** Algorithm, identity tag, public key and rendezvous servers (RFC 8005 §5, §6). */
export const hostIdentity: Field = {
  copy(reader, writer) {
    const head = reader.take(4)
    const sizes = sizesOf(head)
    writer.put(head)
    writer.put(reader.take(sizes.tag + sizes.key))
    if (sizes.tag === 0 || sizes.key === 0) reader.short = true
    while (reader.left > 0 && !reader.short) name.copy(reader, writer)
  },
  format(reader) {
    const head = reader.take(4)
    const sizes = sizesOf(head)
    const tag = Buffer.from(reader.take(sizes.tag)).toString('hex').toUpperCase()
    const texts = [String(head[1] ?? 0), tag, Buffer.from(reader.take(sizes.key)).toString('base64')]
    while (reader.left > 0 && !reader.short) texts.push(name.format(reader))
    return texts.join(' ')
  },
  parse(tokens, writer, origin) {
    const algorithm = tokens.shift()?.text ?? ''
    const parts = new Writer()
    const problem = hex.parse(tokens.splice(0, 1), parts)
    const tagBytes = parts.length
    const keyProblem = problem ?? base64.parse(tokens.splice(0, 1), parts)
    if (keyProblem !== undefined) return keyProblem
    if (!/^\d{1,3}$/.test(algorithm) || Number(algorithm) > 255 || tagBytes > 255)
      return 'not an algorithm, a tag of up to 255 bytes and a key'
    writer.u8(tagBytes)
    writer.u8(Number(algorithm))
    writer.u16(parts.length - tagBytes)
    writer.put(parts.view())
    let wrong: string | undefined
    while (tokens.length > 0 && wrong === undefined) wrong = name.parse(tokens, writer, origin)
    return wrong
  },
}

function sizesOf(head: Uint8Array): { tag: number; key: number } {
  return { tag: head[0] ?? 0, key: ((head[2] ?? 0) << 8) | (head[3] ?? 0) }
}
