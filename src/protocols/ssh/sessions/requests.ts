// What a client asks of a session (RFC 4254 §6): the data of its requests, checked.

import type { Terminal, WindowSize } from '../../../core/index.ts'
import { VARIABLE_MAX_BYTES } from '../limits.ts'

/** Columns and rows are 16 bits wide in a terminal (tty_ioctl(4)). */
const SIZE_MAX = 65_535
/** Used where a client says 0: the window of a VT100. */
const USUAL_SIZE = { columns: 80, rows: 24 }
const TYPE_MAX_CHARS = 64

/** Variables that a client may set: sshd's usual AcceptEnv, and what says how to show text. */
const VARIABLE = /^(?:LANG|LANGUAGE|LC_[A-Z_]+|COLORTERM|NO_COLOR|TZ|GIT_PROTOCOL)$/

export function parseVariable(data: unknown): readonly [string, string] | undefined {
  const name = field(data, 'name')
  const value = field(data, 'value')
  if (typeof name !== 'string' || typeof value !== 'string' || !VARIABLE.test(name)) return undefined
  return name.length + value.length > VARIABLE_MAX_BYTES || value.includes('\0') ? undefined : [name, value]
}

export function parseWindowSize(data: unknown): WindowSize {
  const size = (key: string): number => {
    const value = field(data, key)
    return typeof value === 'number' ? Math.min(value, SIZE_MAX) : 0
  }
  return {
    columns: size('cols') || USUAL_SIZE.columns,
    rows: size('rows') || USUAL_SIZE.rows,
    widthPixels: size('width'),
    heightPixels: size('height'),
  }
}

/** The engine does not read terminal modes rightly: none are taken. */
export function parseTerminal(data: unknown): Terminal {
  const type = field(data, 'term')
  const known = typeof type === 'string' && /^[\w.+-]+$/.test(type) ? type.slice(0, TYPE_MAX_CHARS) : 'dumb'
  return { type: known, modes: new Map(), ...parseWindowSize(data) }
}

function field(data: unknown, key: string): unknown {
  if (typeof data !== 'object' || data === null) return undefined
  return new Map<string, unknown>(Object.entries(data)).get(key)
}
