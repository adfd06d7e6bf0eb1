// Byte ranges (RFC 9110 §14): parsing, and what of a representation they select.

/** First byte and count. */
export interface ByteRange {
  readonly offset: number
  readonly length: number
}

/** Ranges of one request; more are answered with the whole (RFC 9110 §14.2 and §17.15). */
const RANGES_MAX = 16
const SPECIFIER = /^(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/

/**
 * The ranges that a Range field selects of `size` bytes. 'whole': the field is malformed, of another unit, or asks for
 * so much that the whole is cheaper. 'unsatisfiable': none lies inside (416).
 */
export function selectRanges(field: string, size: number): readonly ByteRange[] | 'whole' | 'unsatisfiable' {
  const match = /^bytes=(.*)$/i.exec(field)
  if (match === null) return 'whole'
  const specifiers = match[1]!.split(',').map((part) => part.trim())
  if (specifiers.length > RANGES_MAX) return 'whole'
  const ranges: ByteRange[] = []
  for (const specifier of specifiers) {
    const range = selectOne(specifier, size)
    if (range === 'malformed') return 'whole'
    if (range !== 'outside') ranges.push(range)
  }
  if (ranges.length === 0) return 'unsatisfiable'
  const wanted = ranges.reduce((sum, range) => sum + range.length, 0)
  return ranges.length > 1 && wanted > size ? 'whole' : ranges
}

function selectOne(specifier: string, size: number): ByteRange | 'malformed' | 'outside' {
  const match = SPECIFIER.exec(specifier)
  if (match === null) return 'malformed'
  if (match[3] !== undefined) return suffix(Number(match[3]), size)
  const first = Number(match[1])
  const last = match[2] === '' ? Number.POSITIVE_INFINITY : Number(match[2])
  if (last < first) return 'malformed'
  if (first >= size) return 'outside'
  return { offset: first, length: Math.min(last, size - 1) - first + 1 }
}

function suffix(count: number, size: number): ByteRange | 'outside' {
  const length = Math.min(count, size)
  return length === 0 ? 'outside' : { offset: size - length, length }
}

/** `bytes 0-99/1000` (RFC 9110 §14.4). */
export function formatContentRange(range: ByteRange, size: number): string {
  return `bytes ${range.offset}-${range.offset + range.length - 1}/${size}`
}
