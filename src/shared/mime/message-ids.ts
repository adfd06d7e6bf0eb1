// Message-ID, References, In-Reply-To (RFC 5322 §3.6.4). Ids are told without their brackets, and so that two spellings of
// one id are equal: without comments and needless quotes (RFC 5256 §3 REFERENCES).

import { Scanner } from './scanner.ts'

/** Ids of one field; the last ones are those that count. Ours. */
const IDS_MAX = 1000

/** All ids in a field value, in order. Words between them, as old In-Reply-To fields have, are passed over. */
export function parseMessageIds(text: string): string[] {
  const found: string[] = []
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    const end = idEnd(text, at + 1)
    const id = end === -1 ? undefined : plainId(text.slice(at + 1, end))
    if (id !== undefined) found.push(id)
    if (end !== -1) at = end
  }
  return found.slice(-IDS_MAX)
}

/** The first id, if there is one. */
export function parseMessageId(text: string): string | undefined {
  return parseMessageIds(text)[0]
}

/** What stands in quotes at the start of an id may hold brackets. */
const QUOTED_START = /"(?:[^"\\]|\\.){0,900}"/y

/** Where the `>` stands; -1 where a new `<` or the end comes first. */
function idEnd(text: string, from: number): number {
  QUOTED_START.lastIndex = from
  let at = from + (QUOTED_START.exec(text)?.[0].length ?? 0)
  while (at < text.length && text[at] !== '<' && text[at] !== '>') at++
  return text[at] === '>' ? at : -1
}

/** `undefined` where there is nothing on one side of its `@`. */
function plainId(inside: string): string | undefined {
  if (/^[^"()\\ \t@]+@[^"()\\ \t@]+$/.test(inside)) return inside
  const scanner = new Scanner(inside)
  let id = ''
  let at = -1
  for (scanner.skip(); !scanner.ended; scanner.skip()) {
    if (scanner.next === '"') id += scanner.quoted()
    else if (scanner.next === '[') id += scanner.literal()
    else {
      if (scanner.next === '@') at = id.length
      id += scanner.atom() || inside.charAt(scanner.at++)
    }
  }
  return at > 0 && at < id.length - 1 ? id : undefined
}
