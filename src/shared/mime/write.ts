// Writes what stands in headers (RFC 5322 §3): addresses, and lines that are not too long.

import { encodeWords, isPlainText } from './words.ts'

/** RFC 5322 §2.1.1: what a line should not exceed. */
const LINE_MAX = 78
const ATOMS = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+$/
const DOT_ATOM =
  /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u{80}-\u{10ffff}]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u{80}-\u{10ffff}]+)*$/u

/** `Name <local@domain>`, the name encoded where it has to be. Without a name, the address alone. */
export function formatMailbox(to: { readonly name?: string; readonly local: string; readonly domain: string }): string {
  const local = DOT_ATOM.test(to.local) ? to.local : quote(to.local)
  const spec = to.domain === '' ? local : `${local}@${to.domain}`
  return to.name === undefined || to.name === '' ? spec : `${formatPhrase(to.name)} <${spec}>`
}

/** `Name: value` and CRLF, folded at spaces so that lines stay below 78 characters where they can. */
export function foldField(name: string, value: string): string {
  const lines: string[] = []
  let line = `${name}:`
  for (const word of value.split(' ')) {
    if (line.length + 1 + word.length > LINE_MAX && line.trim() !== '' && word !== '' && line !== `${name}:`) {
      lines.push(line)
      line = ''
    }
    line += ` ${word}`
  }
  return `${[...lines, line].join('\r\n')}\r\n`
}

function formatPhrase(name: string): string {
  if (!isPlainText(name)) return encodeWords(name)
  return ATOMS.test(name) ? name : quote(name)
}

function quote(text: string): string {
  return `"${text.replaceAll(/[\r\n]/g, '').replaceAll(/["\\]/g, String.raw`\$&`)}"`
}
