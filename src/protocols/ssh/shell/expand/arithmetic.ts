// What stands in `$(( ))` (Shell Command Language §2.6.4): C's integer expressions over 64 bits, without `++` and `--`.

import { failure, type Failure } from '../../../../core/failure.ts'

export interface Variables {
  get(name: string): string | undefined
  /** False: it is read-only. */
  set(name: string, value: string): boolean
}

const TOKEN =
  /\s*(?:(0[xX][0-9a-fA-F]+|[0-9]+)|([A-Za-z_]\w*)|(<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%&|^~!<>=?:()]))/y
/** Parentheses and unary signs within each other. */
const DEPTH_MAX = 100

/** By how tightly they bind, loosest first; each level is left-associative. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
]

const BINARY: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '||': (a, b) => truth(a !== 0n || b !== 0n),
  '&&': (a, b) => truth(a !== 0n && b !== 0n),
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '&': (a, b) => a & b,
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '<': (a, b) => truth(a < b),
  '<=': (a, b) => truth(a <= b),
  '>': (a, b) => truth(a > b),
  '>=': (a, b) => truth(a >= b),
  '<<': (a, b) => a << (b & 63n),
  '>>': (a, b) => a >> (b & 63n),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}

/** The value as decimal digits; a failure says what is wrong, as dash does. */
export function evaluate(text: string, variables: Variables): string | Failure {
  const machine = new Evaluation(text, variables)
  const value = machine.whole()
  return machine.problem ?? String(value)
}

interface Token {
  readonly kind: 'number' | 'name' | 'sign' | 'end' | 'odd'
  readonly text: string
}

class Evaluation {
  readonly #text: string
  readonly #variables: Variables
  #at = 0
  #depth = 0
  #token: Token = { kind: 'end', text: '' }
  /** More than 0: on the side of `?:`, `&&` or `||` that does not count. */
  #skipped = 0
  problem: Failure | undefined

  constructor(text: string, variables: Variables) {
    this.#text = text
    this.#variables = variables
  }

  whole(): bigint {
    this.#next()
    if (this.#atEnd) return 0n
    const value = this.#assignment()
    if (!this.#atEnd) this.#fail()
    return value
  }

  get #atEnd(): boolean {
    return this.#token.kind === 'end'
  }

  #next(): void {
    TOKEN.lastIndex = this.#at
    const found = TOKEN.exec(this.#text)
    if (found === null) {
      const rest = this.#text.slice(this.#at).trim()
      this.#token = { kind: rest === '' ? 'end' : 'odd', text: rest }
      return
    }
    this.#at += found[0].length
    const [, number, name, sign = ''] = found
    if (number !== undefined) this.#token = { kind: 'number', text: number }
    else this.#token = name === undefined ? { kind: 'sign', text: sign } : { kind: 'name', text: name }
  }

  #fail(message = `expecting EOF: "${this.#text.trim()}"`): bigint {
    this.problem ??= failure('EARITH', `arithmetic expression: ${message}`)
    this.#at = this.#text.length
    this.#token = { kind: 'end', text: '' }
    return 0n
  }

  #takes(sign: string): boolean {
    if (this.#token.kind !== 'sign' || this.#token.text !== sign) return false
    this.#next()
    return true
  }

  #assignment(): bigint {
    if (++this.#depth > DEPTH_MAX) return this.#fail('too deep')
    const from = this.#at
    const token = this.#token
    let value: bigint | undefined
    if (token.kind === 'name') {
      this.#next()
      const sign = this.#token.kind === 'sign' ? this.#token.text : ''
      if (sign === '=' || (/^(?:[-+*/%&|^]|<<|>>)=$/.test(sign) && sign !== '<=')) {
        this.#next()
        value = this.#assign(token.text, sign.slice(0, -1))
      } else {
        this.#at = from
        this.#token = token
      }
    }
    value ??= this.#conditional()
    this.#depth--
    return value
  }

  #assign(name: string, operator: string): bigint {
    const right = this.#assignment()
    const value = operator === '' ? right : this.#apply(operator, this.#value(name), right)
    if (this.#skipped === 0 && this.problem === undefined && !this.#variables.set(name, String(value))) {
      return this.#fail(`${name}: is read only`)
    }
    return value
  }

  #conditional(): bigint {
    const condition = this.#level(0)
    if (!this.#takes('?')) return condition
    const yes = this.#skipping(condition === 0n, () => this.#assignment())
    if (!this.#takes(':')) return this.#fail(`expecting ':': "${this.#text.trim()}"`)
    const no = this.#skipping(condition !== 0n, () => this.#conditional())
    return condition === 0n ? no : yes
  }

  #skipping(skip: boolean, read: () => bigint): bigint {
    this.#skipped += skip ? 1 : 0
    const value = read()
    this.#skipped -= skip ? 1 : 0
    return value
  }

  #level(index: number): bigint {
    const signs = LEVELS[index]
    if (signs === undefined) return this.#unary()
    let left = this.#level(index + 1)
    while (this.#token.kind === 'sign' && signs.includes(this.#token.text)) {
      const sign = this.#token.text
      this.#next()
      const settled = (sign === '&&' && left === 0n) || (sign === '||' && left !== 0n)
      const right = this.#skipping(settled, () => this.#level(index + 1))
      left = this.#apply(sign, left, right)
    }
    return left
  }

  #apply(sign: string, left: bigint, right: bigint): bigint {
    if ((sign === '/' || sign === '%') && right === 0n) {
      return this.#skipped > 0 ? 0n : this.#fail(`division by zero: "${this.#text.trim()}"`)
    }
    return BigInt.asIntN(64, BINARY[sign]?.(left, right) ?? 0n)
  }

  #unary(): bigint {
    if (++this.#depth > DEPTH_MAX) return this.#fail('too deep')
    const value = this.#unaryValue()
    this.#depth--
    return value
  }

  #unaryValue(): bigint {
    if (this.#takes('-')) return BigInt.asIntN(64, -this.#unary())
    if (this.#takes('+')) return this.#unary()
    if (this.#takes('~')) return ~this.#unary()
    if (this.#takes('!')) return truth(this.#unary() === 0n)
    if (this.#takes('(')) {
      const value = this.#assignment()
      return this.#takes(')') ? value : this.#fail(`expecting ')': "${this.#text.trim()}"`)
    }
    return this.#primary()
  }

  #primary(): bigint {
    const { kind, text } = this.#token
    if (kind === 'number' || kind === 'name') this.#next()
    if (kind === 'number') return parseNumber(text) ?? this.#fail()
    return kind === 'name' ? this.#value(text) : this.#fail(`expecting primary: "${this.#text.trim()}"`)
  }

  #value(name: string): bigint {
    const text = this.#variables.get(name)?.trim() ?? ''
    if (text === '') return 0n
    return parseNumber(text) ?? this.#fail(`Illegal number: ${text}`)
  }
}

function truth(value: boolean): bigint {
  return value ? 1n : 0n
}

/** Decimal, octal after 0, hexadecimal after 0x, with a sign. */
function parseNumber(text: string): bigint | undefined {
  const negative = text.startsWith('-')
  const digits = negative || text.startsWith('+') ? text.slice(1) : text
  if (!/^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]{0,30})$/.test(digits)) return undefined
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
  return BigInt.asIntN(64, negative ? -value : value)
}
