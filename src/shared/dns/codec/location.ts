// Where something is on Earth (RFC 1876): degrees, minutes and seconds of arc, metres.

import { Reader } from '../../../wire/reader.ts'
import type { Writer } from '../../../wire/writer.ts'
import { copyRest, type Field } from './fields.ts'
import type { Token } from './tokens.ts'

/** Bytes of version 0. */
const BYTES = 16
/** What stands for the equator and the prime meridian; thousandths of a second of arc. */
const ZERO_ANGLE = 2 ** 31
const DEGREE = 3_600_000
/** Centimetres from the lowest altitude to the WGS 84 spheroid. */
const ZERO_ALTITUDE = 10_000_000
/** Size, horizontal and vertical precision where they are left out: 1 m, 10 km, 10 m (RFC 1876 §3). */
const DEFAULTS = [0x12, 0x16, 0x13] as const

export const location: Field = {
  copy(reader, writer) {
    const data = new Reader(reader.bytes, reader.offset, reader.end)
    if (data.u8() === 0 && !isLocation(data)) reader.short = true
    if (reader.left === 0) reader.short = true
    copyRest(reader, writer)
  },
  format(reader) {
    // What another version says, or a size of 0 times ten, has no text of its own.
    const written = reader.u8() === 0 ? formatLocation(reader) : undefined
    if (written === undefined) reader.short = true
    return written ?? ''
  },
  parse(tokens, writer) {
    const latitude = parseAngle(tokens, 'N', 'S', 90)
    const longitude = parseAngle(tokens, 'E', 'W', 180)
    if (latitude === undefined || longitude === undefined) return 'not a latitude (N or S) and a longitude (E or W)'
    const altitude = parseMetres(tokens.shift()?.text ?? '', -100_000, 42_849_672.95)
    if (altitude === undefined) return 'not an altitude in metres'
    const sizes = DEFAULTS.map((standard) => (tokens.length === 0 ? standard : parseSize(tokens.shift()?.text ?? '')))
    if (sizes.includes(undefined)) return `not a size or precision of up to 90000000 metres`
    return write(writer, sizes, latitude, longitude, altitude)
  },
}

function write(
  writer: Writer,
  sizes: readonly (number | undefined)[],
  latitude: number,
  longitude: number,
  altitude: number,
): undefined {
  writer.u8(0)
  for (const size of sizes) writer.u8(size ?? 0)
  writer.u32(ZERO_ANGLE + latitude)
  writer.u32(ZERO_ANGLE + longitude)
  writer.u32(ZERO_ALTITUDE + altitude)
  return undefined
}

function isLocation(data: Reader): boolean {
  const sizes = [data.u8(), data.u8(), data.u8()]
  const latitude = Math.abs(data.u32() - ZERO_ANGLE)
  const longitude = Math.abs(data.u32() - ZERO_ANGLE)
  data.u32()
  return (
    !data.short &&
    data.left === 0 &&
    sizes.every((size) => size >> 4 <= 9 && (size & 15) <= 9) &&
    latitude <= 90 * DEGREE &&
    longitude <= 180 * DEGREE
  )
}

function formatLocation(reader: Reader): string | undefined {
  if (reader.left !== BYTES - 1) return undefined
  const sizes = [reader.u8(), reader.u8(), reader.u8()]
  const latitude = formatAngle(reader.u32() - ZERO_ANGLE, 'N', 'S')
  const longitude = formatAngle(reader.u32() - ZERO_ANGLE, 'E', 'W')
  const altitude = metres(reader.u32() - ZERO_ALTITUDE)
  if (sizes.some((size) => size < 16 && size > 0)) return undefined
  return [latitude, longitude, altitude, ...sizes.map(metresOfSize)].join(' ')
}

function formatAngle(angle: number, positive: string, negative: string): string {
  const all = Math.abs(angle)
  const seconds = (all % 60_000) / 1000
  return `${Math.floor(all / DEGREE)} ${Math.floor(all / 60_000) % 60} ${seconds.toFixed(3)} ${angle < 0 ? negative : positive}`
}

function metres(centimetres: number): string {
  return `${(centimetres / 100).toFixed(2)}m`
}

/** Whole metres without a fraction. */
function metresOfSize(size: number): string {
  const centimetres = (size >> 4) * 10 ** (size & 15)
  return centimetres % 100 === 0 ? `${centimetres / 100}m` : metres(centimetres)
}

/** Degrees, and where they are given minutes and seconds, up to the letter. Thousandths of a second of arc. */
function parseAngle(tokens: Token[], positive: string, negative: string, max: number): number | undefined {
  const letter = tokens.findIndex(({ text }) => text.toUpperCase() === positive || text.toUpperCase() === negative)
  if (letter < 1 || letter > 3) return undefined
  const sign = tokens[letter]?.text.toUpperCase() === negative ? -1 : 1
  const [degrees = '', minutes = '0', seconds = '0'] = tokens.splice(0, letter + 1).map(({ text }) => text)
  const whole = letter < 3 ? '0' : seconds
  const used = letter < 2 ? '0' : minutes
  if (!/^\d{1,3}$/.test(degrees) || !/^[0-5]?\d$/.test(used) || !/^[0-5]?\d(?:\.\d{1,3})?$/.test(whole))
    return undefined
  const angle = Number(degrees) * DEGREE + Number(used) * 60_000 + Math.round(Number(whole) * 1000)
  return angle <= max * DEGREE ? sign * angle : undefined
}

/** Centimetres. */
function parseMetres(text: string, min: number, max: number): number | undefined {
  const match = /^(-?\d{1,8}(?:\.\d{1,2})?)m?$/i.exec(text)
  const value = Number(match?.[1] ?? Number.NaN)
  return value >= min && value <= max ? Math.round(value * 100) : undefined
}

/** One digit in the upper half, its power of ten in the lower: what is finer is cut off. */
function parseSize(text: string): number | undefined {
  let value = parseMetres(text, 0, 90_000_000)
  if (value === undefined) return undefined
  let power = 0
  for (; value >= 10; value = Math.floor(value / 10)) power += 1
  return (value << 4) | power
}
