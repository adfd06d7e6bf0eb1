// What replies and listings say, taken out of them. `undefined`: it is not there.

import type { Reply } from '../messages.ts'
import { parseFacts, parseListLine, parseQuoted, parseTime, type ListLine } from '../codec/index.ts'
import { pathText } from '../../../wire/path-text.ts'
import type { FactLine } from '../messages.ts'

/** Of FEAT (RFC 2389 §3.2): the lines within. */
export function featuresIn({ lines }: Reply): readonly string[] {
  return lines.slice(1, -1).map((line) => line.trim())
}

/** Of PWD and MKD: 257 (RFC 959 appendix II). */
export function pathIn({ code, lines }: Reply): string | undefined {
  return code === 257 ? parseQuoted(lines[0] ?? '') : undefined
}

/** Of SIZE: bytes (RFC 3659 §4). */
export function sizeIn({ code, lines }: Reply): number | undefined {
  const text = lines[0] ?? ''
  return code === 213 && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** Of MDTM, milliseconds since 1970-01-01T00:00Z (RFC 3659 §3), and of MFMT, which has a word before it. */
export function timeIn({ code, lines }: Reply): number | undefined {
  return code === 213 ? parseTime(/^(?:modify=)?([\d.]+)/i.exec(lines[0] ?? '')?.[1] ?? '') : undefined
}

/** Of MLST (RFC 3659 §7.2): the one line within, one space before it. */
export function factsIn({ code, lines }: Reply): FactLine | undefined {
  return code === 250 && lines.length > 2 ? parseFacts((lines[1] ?? '').replace(/^ /, '')) : undefined
}

/** What MLSD transferred; lines that are none are left out. */
export function factLinesIn(content: Uint8Array): readonly FactLine[] {
  return linesIn(content).flatMap((line) => parseFacts(line) ?? [])
}

/** What LIST transferred; lines of other kinds are left out. `nowMs`: as for `parseListLine`. */
export function listLinesIn(content: Uint8Array, nowMs: number): readonly ListLine[] {
  return linesIn(content).flatMap((line) => parseListLine(line, nowMs) ?? [])
}

/** What NLST transferred. */
export function namesIn(content: Uint8Array): readonly string[] {
  return linesIn(content)
}

function linesIn(content: Uint8Array): string[] {
  const lines = pathText(content).split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => line.replace(/\r$/, ''))
}
