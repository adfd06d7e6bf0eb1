// $GENERATE: lines from a range and a template, as BIND has it. Makes text; reading it is the reader's.

/** Lines of one directive; ours, the range of BIND is not bounded. */
const GENERATED_MAX = 1_048_576
/** Characters that one number is padded to at most; more than a name can hold. */
const WIDTH_MAX = 255

export interface Range {
  readonly start: number
  readonly stop: number
  readonly step: number
}

/** `1-10` or `0-254/2`; undefined for no range, or one of more lines than `GENERATED_MAX`. */
export function parseRange(text: string): Range | undefined {
  const [, start, stop, step = '1'] = /^(\d{1,9})-(\d{1,9})(?:\/(\d{1,9}))?$/.exec(text) ?? []
  const range = { start: Number(start), stop: Number(stop), step: Number(step) }
  const counted = range.stop >= range.start && range.step > 0
  return counted && (range.stop - range.start) / range.step < GENERATED_MAX ? range : undefined
}

/** A template that was taken apart. */
type Template = readonly (string | ((value: number) => string))[]

/** Undefined where `${` is followed by no offset, width and base. */
export function parseTemplate(text: string): Template | undefined {
  const parts: (string | ((value: number) => string))[] = []
  const pattern = /\\\$|\$\$|\$\{([^}]*)\}|\$(\{)?/g
  let at = 0
  for (const match of text.matchAll(pattern)) {
    parts.push(text.slice(at, match.index))
    at = match.index + match[0].length
    const part = partOf(match)
    if (part === undefined) return undefined
    parts.push(part)
  }
  parts.push(text.slice(at))
  return parts
}

function partOf(match: RegExpExecArray): string | ((value: number) => string) | undefined {
  if (match[0] === '\\$' || match[0] === '$$') return '\\$'
  if (match[2] !== undefined) return undefined
  return match[1] === undefined ? String : modified(match[1])
}

function modified(text: string): ((value: number) => string) | undefined {
  const [, offsetText, widthText = '0', base = 'd'] = /^(-?\d{1,9})(?:,(\d{1,3})(?:,([doxXnN]))?)?$/.exec(text) ?? []
  const offset = Number(offsetText)
  const width = Number(widthText)
  if (offsetText === undefined || width > WIDTH_MAX) return undefined
  return (value) => written(value + offset, width, base)
}

function written(value: number, width: number, base: string): string {
  if (base === 'n') return nibbles(value, width)
  if (base === 'N') return nibbles(value, width).toUpperCase()
  const digits = Math.abs(value).toString(base === 'd' ? 10 : base === 'o' ? 8 : 16)
  const padded = value < 0 ? `-${digits.padStart(width - 1, '0')}` : digits.padStart(width, '0')
  return base === 'X' ? padded.toUpperCase() : padded
}

/** Hex digits, the last one first, dots between them, as the reverse tree of IPv6 has them. The width counts dots too, so that an even one ends in a dot. */
function nibbles(value: number, width: number): string {
  let text = ''
  let left = Math.abs(value)
  do {
    text += (left & 15).toString(16)
    left = Math.floor(left / 16)
    if (left > 0 || text.length < width) text += '.'
  } while (left > 0 || text.length < width)
  return text
}

export function fill(template: Template, value: number): string {
  let text = ''
  for (const part of template) text += typeof part === 'string' ? part : part(value)
  return text
}
