// The parameters at the end of SVCB and HTTPS data, on the wire and as text (RFC 9460 §2.1, §2.2, §7).

import type { Reader } from '../../../wire/reader.ts'
import { Reader as BytesReader } from '../../../wire/reader.ts'
import { Writer } from '../../../wire/writer.ts'
import type { Field } from './fields.ts'
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from './ip.ts'
import { formatText, writeText, type Token } from './tokens.ts'

/** IANA "Service Parameter Keys (SvcParamKeys)". */
const KEYS = [
  'mandatory',
  'alpn',
  'no-default-alpn',
  'port',
  'ipv4hint',
  'ech',
  'ipv6hint',
  'dohpath',
  'ohttp',
] as const
const KEY_MAX = 65_534

type Format = (value: Uint8Array) => string
/** Bytes, or what is wrong. */
type Parse = (text: string) => Uint8Array | string

interface ParamValue {
  readonly format: Format
  readonly parse: Parse
}

const empty: ParamValue = {
  format: () => '',
  parse: (text) => (text === '' ? new Uint8Array(0) : 'takes no value'),
}

const opaque: ParamValue = {
  format: formatText,
  parse(text) {
    const writer = new Writer()
    return writeText(writer, text) ?? writer.finish()
  },
}

const VALUES: Readonly<Record<(typeof KEYS)[number], ParamValue>> = {
  mandatory: {
    format: (value) =>
      chunks(value, 2)
        .map((key) => keyName((key[0]! << 8) | key[1]!))
        .join(','),
    parse(text) {
      const keys = text.split(',').map(keyNumber)
      if (keys.some((key) => key === undefined || key === 0)) return 'lists keys that are none'
      const sorted = keys.flatMap((key) => (key === undefined ? [] : [key])).toSorted((a, b) => a - b)
      return Uint8Array.from(sorted.flatMap((key) => [key >> 8, key & 255]))
    },
  },
  alpn: { format: formatAlpn, parse: parseAlpn },
  'no-default-alpn': empty,
  port: {
    format: (value) => String((value[0]! << 8) | value[1]!),
    parse: (text) =>
      /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Uint8Array.of(Number(text) >> 8, Number(text)) : 'is no port',
  },
  ipv4hint: hints(4, formatIpv4, parseIpv4),
  ech: {
    format: (value) => Buffer.from(value).toString('base64'),
    parse: (text) => (/^[a-z\d+/]+={0,2}$/i.test(text) ? Buffer.from(text, 'base64') : 'is not base64'),
  },
  ipv6hint: hints(16, formatIpv6, parseIpv6),
  dohpath: opaque,
  ohttp: empty,
}

/** The value sizes that readers of the key can live with; anything goes for a key not listed. */
const SIZE_RULES: Readonly<Record<number, (size: number) => boolean>> = {
  0: (size) => size > 0 && size % 2 === 0,
  1: (size) => size > 0,
  2: (size) => size === 0,
  3: (size) => size === 2,
  4: (size) => size > 0 && size % 4 === 0,
  6: (size) => size > 0 && size % 16 === 0,
}

function hints(size: 4 | 16, format: Format, parse: (text: string) => Uint8Array | undefined): ParamValue {
  return {
    format: (value) => chunks(value, size).map(format).join(','),
    parse(text) {
      const texts = text.split(',')
      const addresses = texts.flatMap((address) => parse(address) ?? [])
      if (addresses.length < texts.length) return `holds what is no IPv${size === 4 ? 4 : 6} address`
      return Buffer.concat(addresses)
    },
  }
}

function chunks(value: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.floor(value.length / size) }, (_, at) => value.subarray(at * size, at * size + size))
}

/** Commas and backslashes within one identifier are escaped before the string is (RFC 9460 §A.1). */
function formatAlpn(value: Uint8Array): string {
  const reader = new BytesReader(value)
  const ids: string[] = []
  while (reader.left > 0) {
    const id = reader.take(reader.u8())
    ids.push(formatText(Uint8Array.from([...id].flatMap((byte) => (byte === 44 || byte === 92 ? [92, byte] : [byte])))))
  }
  return ids.join(',')
}

function parseAlpn(text: string): Uint8Array | string {
  const list = opaque.parse(text)
  if (typeof list === 'string') return list
  const ids: number[][] = [[]]
  for (let at = 0; at < list.length; at += 1) {
    if (list[at] === 44) ids.push([])
    else ids.at(-1)?.push(list[at] === 92 ? (list[++at] ?? 92) : list[at]!)
  }
  if (ids.some((id) => id.length === 0 || id.length > 255)) return 'holds an empty or too long identifier'
  return Uint8Array.from(ids.flatMap((id) => [id.length].concat(id)))
}

function keyName(key: number): string {
  return KEYS[key] ?? `key${key}`
}

function keyNumber(name: string): number | undefined {
  const known = KEYS.findIndex((key) => key === name.toLowerCase())
  if (known !== -1) return known
  const generic = /^key(0|[1-9]\d{0,4})$/i.exec(name)
  const number = Number(generic?.[1] ?? Number.NaN)
  return number <= KEY_MAX ? number : undefined
}

function valueOf(key: number): ParamValue {
  const name = KEYS[key]
  return name === undefined ? opaque : VALUES[name]
}

/** Keys in rising order, none twice; each value of a size that its key allows. */
function copy(reader: Reader, writer: Writer): void {
  let last = -1
  while (reader.left > 0 && !reader.short) {
    const key = reader.u16()
    const value = reader.take(reader.u16())
    if (key <= last || SIZE_RULES[key]?.(value.length) === false || (key === 1 && !isAlpn(value))) reader.short = true
    last = key
    writer.u16(key)
    writer.u16(value.length)
    writer.put(value)
  }
}

function isAlpn(value: Uint8Array): boolean {
  const reader = new BytesReader(value)
  while (reader.left > 0 && !reader.short) if (reader.take(reader.u8()).length === 0) return false
  return !reader.short
}

function format(reader: Reader): string {
  const params: string[] = []
  while (reader.left > 0 && !reader.short) {
    const key = reader.u16()
    const value = valueOf(key).format(reader.take(reader.u16()))
    const plain = /^[^\s";()]*$/.test(value)
    params.push(value === '' ? keyName(key) : `${keyName(key)}=${plain ? value : `"${value}"`}`)
  }
  return params.join(' ')
}

function parse(tokens: Token[], writer: Writer): string | undefined {
  const params = new Map<number, Uint8Array>()
  for (const token of tokens.splice(0)) {
    const equals = token.text.includes('=') ? token.text.indexOf('=') : token.text.length
    const name = token.text.slice(0, equals)
    const key = keyNumber(name)
    if (key === undefined) return `${JSON.stringify(name)} is no service parameter`
    if (params.has(key)) return `${name} stands twice`
    const value = valueOf(key).parse(token.text.slice(equals + 1))
    if (typeof value === 'string') return `${name} ${value}`
    if (SIZE_RULES[key]?.(value.length) === false) return `${name} needs a value`
    params.set(key, value)
  }
  for (const [key, value] of [...params].toSorted(([a], [b]) => a - b)) {
    writer.u16(key)
    writer.u16(value.length)
    writer.put(value)
  }
  return undefined
}

export const svcParams: Field = { copy, format, parse }
