// Patterns of LIST (RFC 9051 §6.3.9): `*` stands for anything, `%` for anything within one level.

import { SEPARATOR } from '../messages.ts'

/** INBOX alone, or as the first of several levels: it fits in any case of letters (RFC 9051 §5.1). */
const INBOX_FIRST = /^INBOX(?=$|\/)/

/** Whether a name fits one of the patterns behind the reference. */
export function matcherOf(reference: string, patterns: readonly string[]): (name: string) => boolean {
  const wholes = patterns.map((pattern) => [...collapsed(`${reference}${pattern}`)])
  return (name) => wholes.some((pattern) => fits(pattern, [...name], INBOX_FIRST.exec(name)?.[0].length ?? 0))
}

/** No two wildcards side by side. */
function collapsed(pattern: string): string {
  return pattern.replaceAll(/[*%]*\*[*%]*/g, '*').replaceAll(/%+/g, '%')
}

/**
 * In steps of pattern times name, whatever stands in it: the places after which the pattern may stand so far. `anyCase`:
 * so many letters of the name fit in either case.
 */
function fits(pattern: readonly string[], name: readonly string[], anyCase: number): boolean {
  if (pattern.length > name.length * 2 + 1) return false
  let open = new Set([0])
  for (const wanted of pattern) {
    open = wanted === '*' || wanted === '%' ? spread(open, name, wanted) : stepped(open, name, wanted, anyCase)
    if (open.size === 0) return false
  }
  return open.has(name.length)
}

function spread(open: ReadonlySet<number>, name: readonly string[], wildcard: '*' | '%'): Set<number> {
  const reached = new Set<number>()
  for (const from of open) {
    for (let at = from; at <= name.length && !reached.has(at); at++) {
      reached.add(at)
      if (wildcard === '%' && name[at] === SEPARATOR) break
    }
  }
  return reached
}

function stepped(open: ReadonlySet<number>, name: readonly string[], wanted: string, anyCase: number): Set<number> {
  const reached = new Set<number>()
  for (const at of open) {
    const there = name[at]
    if (there === wanted || (at < anyCase && there === wanted.toUpperCase())) reached.add(at + 1)
  }
  return reached
}
