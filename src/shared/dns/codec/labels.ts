// What names are made of, in presentation form: labels, ancestors, wildcards. Escapes stay as they are.

import type { DomainName } from '../messages.ts'
import { escapeSize, escapedByte, isWithin, labelEnd, parentOf } from './name.ts'

/** The labels from left to right, escapes in place; none for the root. */
export function labelsOf(name: DomainName): string[] {
  if (!name.includes('\\')) return name === '' ? [] : name.split('.')
  const labels: string[] = []
  for (let rest: DomainName | undefined = name; rest !== undefined && rest !== ''; rest = parentOf(rest))
    labels.push(rest.slice(0, labelEnd(rest)))
  return labels
}

/** The same without escapes: one character an octet. */
export function octetLabelsOf(name: DomainName): string[] {
  if (name === '') return []
  if (!name.includes('\\')) return name.split('.')
  const labels = ['']
  for (let at = 0; at < name.length;) {
    const size = escapeSize(name, at)
    const byte = escapedByte(name, at, size)
    at += size
    if (size === 1 && byte === 46) labels.push('')
    else labels[labels.length - 1] += String.fromCharCode(byte)
  }
  return labels
}

/** Labels without the root; a leading `*` counts. */
export function labelCount(name: DomainName): number {
  if (name.includes('\\')) return labelsOf(name).length
  let count = name === '' ? 0 : 1
  for (let at = name.indexOf('.'); at !== -1; at = name.indexOf('.', at + 1)) count += 1
  return count
}

/** What an RRSIG's Labels field says of an owner: a leading `*` does not count (RFC 4034 §3.1.3). */
export function signedLabelCount(name: DomainName): number {
  return labelCount(name) - (isWildcard(name) ? 1 : 0)
}

/** The last `count` labels of a name; all of it where it has no more. */
export function lastLabels(name: DomainName, count: number): DomainName {
  let rest = name
  for (let over = labelCount(name) - count; over > 0; over -= 1) rest = rest.slice(labelEnd(rest) + 1)
  return rest
}

/** The name itself, then its ancestors up to and with the root. */
function* ancestry(name: DomainName): Generator<DomainName> {
  for (let at: DomainName | undefined = name; at !== undefined; at = parentOf(at)) yield at
}

/** `*.harbor.test` and `*`; not `\*.harbor.test`, which reads as the same bytes and is never written by this codec. */
export function isWildcard(name: DomainName): boolean {
  return name === '*' || name.startsWith('*.')
}

/** The wildcard right below a name (RFC 4592 §2.1.1). */
export function wildcardAt(encloser: DomainName): DomainName {
  return encloser === '' ? '*' : `*.${encloser}`
}

/** One more label in front. */
export function below(label: string, name: DomainName): DomainName {
  return name === '' ? label : `${label}.${name}`
}

/** The longest ancestor of `name`, itself included, that `has` knows of (RFC 4592 §3.3.1); undefined where not even the root is known. */
export function closestEncloser(name: DomainName, has: (name: DomainName) => boolean): DomainName | undefined {
  for (const at of ancestry(name)) if (has(at)) return at
  return undefined
}

/** The ancestor of `name` one label below `encloser`: RFC 5155 §1.3's next closer name. `name` lies below `encloser`. */
export function nextCloser(name: DomainName, encloser: DomainName): DomainName {
  return lastLabels(name, labelCount(encloser) + 1)
}

/** The longest name that both lie in; both folded. */
export function commonAncestor(a: DomainName, b: DomainName): DomainName {
  for (const at of ancestry(a)) if (isWithin(b, at)) return at
  return ''
}

/** `name` as seen from `origin`, which it lies in: `@` for the origin itself, else the labels in front of it. */
export function relativeName(name: DomainName, origin: DomainName): string {
  if (name === origin) return '@'
  return origin === '' ? name : name.slice(0, -origin.length - 1)
}
