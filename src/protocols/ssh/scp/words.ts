// A command line as the words of a shell (Shell Command Language §2.2), for one simple command without expansions: quotes
// and backslashes only. Each word is a pattern (§2.13), in which what was quoted stands for itself.

import { literalPattern } from '../shell/expand/pattern.ts'

/** What makes more of a line than one simple command with words as they are. */
const NOT_SIMPLE = /[;&|<>()$`\n#]/
/** What a backslash takes the meaning of within double quotes (§2.2.3). */
const ESCAPED_IN_QUOTES = /[$`"\\\n]/

/** `undefined`: more than one simple command, or quotes that do not end. */
export function splitWords(line: string): readonly string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length;) {
    const part = readPart(line, at)
    if (part === undefined) return undefined
    if (part.pattern !== undefined) word = (word ?? '') + part.pattern
    else if (word !== undefined) {
      words.push(word)
      word = undefined
    }
    at = part.end
  }
  return word === undefined ? words : [...words, word]
}

interface Part {
  /** `undefined`: blanks between words. */
  readonly pattern: string | undefined
  readonly end: number
}

function readPart(line: string, at: number): Part | undefined {
  const char = line.charAt(at)
  if (char === ' ' || char === '\t') return { pattern: undefined, end: at + 1 }
  if (char === "'") return readSingleQuoted(line, at + 1)
  if (char === '"') return readDoubleQuoted(line, at + 1)
  if (char === '\\') return at + 1 < line.length ? { pattern: literal(line.charAt(at + 1)), end: at + 2 } : undefined
  return NOT_SIMPLE.test(char) ? undefined : { pattern: char, end: at + 1 }
}

function readSingleQuoted(line: string, from: number): Part | undefined {
  const end = line.indexOf("'", from)
  return end === -1 ? undefined : { pattern: literal(line.slice(from, end)), end: end + 1 }
}

function readDoubleQuoted(line: string, from: number): Part | undefined {
  let text = ''
  for (let at = from; at < line.length; at++) {
    const char = line.charAt(at)
    if (char === '"') return { pattern: literal(text), end: at + 1 }
    if (char === '$' || char === '`') return undefined
    const escapes = char === '\\' && ESCAPED_IN_QUOTES.test(line.charAt(at + 1))
    text += escapes ? line.charAt(++at) : char
  }
  return undefined
}

/** A quoted `~` is no home. */
function literal(text: string): string {
  const pattern = literalPattern(text)
  return pattern.startsWith('~') ? `\\${pattern}` : pattern
}
