// echo and printf, as dash has them (POSIX.1-2017, XSI): escapes in every text of echo.

import { pathText } from '../../../../wire/path-text.ts'
import type { Call } from '../run/shell.ts'

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}
/** `\c` ends all output. */
const CUT = '\ue000cut'
const CONVERSION = /%(%|([-+ 0#]*)(\*|\d{0,6})(?:\.(\*|\d{0,6}))?([a-zA-Z]))/g
/** Bytes of one padded field: more than any terminal is wide. */
const FIELD_MAX = 4096
/** Rounds of a format over its arguments are bounded by those; this bounds a text that grows by each. */
const PRINTED_MAX = 1 << 20

export function echo({ args, stdout }: Call): number {
  const quiet = args[0] === '-n'
  const text = (quiet ? args.slice(1) : args).join(' ')
  const shown = text.includes('\\') ? unescape(text, /\\(?:0([0-7]{0,3})|([^]))/g) : text
  const cut = shown.indexOf(CUT)
  stdout.print(cut === -1 ? (quiet ? shown : `${shown}\n`) : shown.slice(0, cut))
  return 0
}

export function printf(call: Call): number {
  const [format, ...args] = call.args
  if (format === undefined) {
    call.stderr.print('printf: usage: printf format [arg ...]\n')
    return 2
  }
  const printer = new Printer(call, args)
  const shown = unescape(format, /\\(?:([0-7]{1,3})|([^]))/g)
  do printer.round(shown)
  while (printer.goesOn)
  const cut = printer.text.indexOf(CUT)
  call.stdout.print(cut === -1 ? printer.text : printer.text.slice(0, cut))
  return printer.status
}

/** `pattern`: the first group is octal digits, the second any other character. */
function unescape(text: string, pattern: RegExp): string {
  if (!text.includes('\\')) return text
  return text.replace(pattern, (whole, octal?: string, char?: string) => {
    if (octal !== undefined) return pathText(Uint8Array.of(Number.parseInt(octal || '0', 8) & 255))
    return char === 'c' ? CUT : (SIMPLE[char ?? ''] ?? whole)
  })
}

class Printer {
  readonly #call: Call
  readonly #args: readonly string[]
  #next = 0
  text = ''
  status = 0

  constructor(call: Call, args: readonly string[]) {
    this.#call = call
    this.#args = args
  }

  /** Arguments are left, and the last round took some. */
  get goesOn(): boolean {
    return (
      this.#next > 0 && this.#next < this.#args.length && this.text.length < PRINTED_MAX && !this.text.includes(CUT)
    )
  }

  round(format: string): void {
    const before = this.#next
    this.text += format.replace(
      CONVERSION,
      (_, all: string, flags: string, width: string, precision: string | undefined, kind: string) =>
        all === '%' ? '%' : this.#field(flags, width, precision, kind),
    )
    if (this.#next === before) this.#next = 0
  }

  #take(): string {
    return this.#args[this.#next++] ?? ''
  }

  #field(flags: string, width: string, precision: string | undefined, kind: string): string {
    const wide = width === '*' ? this.#number() : Number(width || '0')
    const left = flags.includes('-') || wide < 0
    const digits = precision === '*' ? this.#number() : precision === undefined ? undefined : Number(precision || '0')
    const text = this.#converted(kind, flags, digits)
    const size = Math.min(FIELD_MAX, Math.abs(wide))
    if (left) return text.padEnd(size)
    const zeros = flags.includes('0') && digits === undefined && 'diuxXo'.includes(kind)
    return zeros ? padZeros(text, size) : text.padStart(size)
  }

  #converted(kind: string, flags: string, precision: number | undefined): string {
    if (kind === 's') return cutTo(this.#take(), precision)
    if (kind === 'b') return cutTo(unescape(this.#take(), /\\(?:0?([0-7]{1,3})|([^]))/g), precision)
    if (kind === 'c') return this.#take().slice(0, 1)
    if ('eEfFgG'.includes(kind)) return this.#float(kind, precision)
    return this.#integer(kind, flags, precision)
  }

  #integer(kind: string, flags: string, precision: number | undefined): string {
    const value = this.#number()
    if (!'diuxXo'.includes(kind)) {
      this.#complain(`%${kind}: invalid directive`)
      return ''
    }
    const base = kind === 'o' ? 8 : kind === 'x' || kind === 'X' ? 16 : 10
    const unsigned = base !== 10 || kind === 'u'
    const magnitude = unsigned && value < 0 ? BigInt.asUintN(64, BigInt(value)) : BigInt(Math.abs(value))
    const digits = magnitude.toString(base).padStart(Math.min(FIELD_MAX, precision ?? 1), '0')
    const sign = value < 0 && !unsigned ? '-' : flags.includes('+') && !unsigned ? '+' : ''
    const prefix = flags.includes('#') && value !== 0 ? (base === 16 ? '0x' : base === 8 ? '0' : '') : ''
    return kind === 'X' ? (prefix + digits).toUpperCase() : sign + prefix + digits
  }

  #float(kind: string, precision: number | undefined): string {
    const text = this.#take()
    const value = Number(text)
    if (Number.isNaN(value)) this.#complain(`${text}: expected numeric value`)
    const digits = Math.min(100, precision ?? 6)
    const shown = Number.isNaN(value) ? 0 : value
    if (kind === 'f' || kind === 'F') return shown.toFixed(digits)
    if (kind === 'g' || kind === 'G') return String(Number(shown.toPrecision(Math.max(1, digits))))
    return shown.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2')
  }

  #number(): number {
    const text = this.#take()
    if (/^["']/.test(text)) return text.codePointAt(1) ?? 0
    if (text.trim() === '') return 0
    const [whole, sign, digits = ''] = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text) ?? []
    if (whole === undefined) this.#complain(`${text}: expected numeric value`)
    else if (whole.length < text.length) this.#complain(`${text}: not completely converted`)
    const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits || '0')
    return Math.trunc(sign === '-' ? -value : value)
  }

  #complain(message: string): void {
    this.#call.stderr.print(`${this.#call.shell.state.name}: printf: ${message}\n`)
    this.status = 1
  }
}

function cutTo(text: string, precision: number | undefined): string {
  return precision === undefined ? text : text.slice(0, precision)
}

function padZeros(text: string, size: number): string {
  const sign = /^[-+]/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(size - sign.length, '0')
}
