// What is typed at a terminal, key by key: characters, control characters, and the sequences of ECMA-48 and xterm.

/** A character, or a name in brackets: `<left>`. Control characters stand as themselves. */
export type Key = string

/** What follows ESC. */
const SEQUENCE = /^(?:\[([0-9;]*)([@-~])|O([A-Za-z])|([^[O]))/s
/** Longer ones are no keys. */
/** What follows ESC. */
const SEQUENCE_MAX_CHARS = 32

const FINALS: Readonly<Record<string, Key>> = {
  A: '<up>',
  B: '<down>',
  C: '<right>',
  D: '<left>',
  H: '<home>',
  F: '<end>',
}
const NUMBERED: Readonly<Record<string, Key>> = {
  '1': '<home>',
  '3': '<delete>',
  '4': '<end>',
  '7': '<home>',
  '8': '<end>',
}
const META: Readonly<Record<string, Key>> = { b: '<word-left>', f: '<word-right>', d: '<word-delete>', '\x7f': '\x17' }

/** The first key of `text` and how many characters it took; undefined: a sequence that has not all come yet. */
export function readKey(text: string): { readonly key: Key; readonly length: number } | undefined {
  if (!text.startsWith('\x1b')) {
    const char = String.fromCodePoint(text.codePointAt(0) ?? 0)
    return { key: char, length: char.length }
  }
  const found = SEQUENCE.exec(text.slice(1))
  if (found === null) return text.length > SEQUENCE_MAX_CHARS ? { key: '<unknown>', length: 1 } : undefined
  const [whole, numbers = '', final, application, meta] = found
  return { key: keyOf(numbers, final ?? application, meta), length: 1 + whole.length }
}

function keyOf(numbers: string, final: string | undefined, meta: string | undefined): Key {
  if (meta !== undefined) return META[meta] ?? '<unknown>'
  if (final === '~') return NUMBERED[numbers] ?? '<unknown>'
  if (numbers.endsWith(';5') || numbers.endsWith(';3'))
    return final === 'C' ? '<word-right>' : final === 'D' ? '<word-left>' : '<unknown>'
  return FINALS[final ?? ''] ?? '<unknown>'
}
