// Names of hosts and domains: what is one, and where it lies. No resource records here.

import { domainToASCII } from 'node:url'
import type { Name } from '../../core/world-view.ts'

/** RFC 1035 §2.3.4, in characters without the trailing dot. */
const NAME_MAX_CHARACTERS = 253
/** RFC 1035 §2.3.4. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
/** Owners of records may begin with an underscore (RFC 8552) or be a wildcard (RFC 4592). */
const OWNER_LABEL = /^(\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)$/

/** The canonical form of a host's name (RFC 1123 §2.1): lower case, no trailing dot, A-labels; undefined if it is none. */
export function parseHostName(text: string): Name | undefined {
  return parseName(text, LABEL)
}

/** As `parseHostName`, with `_sip._tcp.harbor.test` and `*.harbor.test` allowed. */
export function parseOwnerName(text: string): Name | undefined {
  return parseName(text, OWNER_LABEL)
}

function parseName(text: string, label: RegExp): Name | undefined {
  const name = toAscii(text.endsWith('.') ? text.slice(0, -1) : text)
  if (name.length > NAME_MAX_CHARACTERS || /^[\d.]+$/.test(name)) return undefined
  return name.split('.').every((part) => label.test(part)) ? name : undefined
}

function toAscii(text: string): string {
  return /^[ -~]*$/.test(text) ? text.toLowerCase() : domainToASCII(text)
}

/** Whether `name` is `domain` or lies below it. */
function liesIn(name: Name, domain: Name): boolean {
  return name === domain || name.endsWith(`.${domain}`)
}

/** The most specific of `domains` in which `name` lies. */
export function domainOf(name: Name, domains: Iterable<Name>): Name | undefined {
  let best: Name | undefined
  for (const domain of domains) {
    if (liesIn(name, domain) && domain.length > (best?.length ?? 0)) best = domain
  }
  return best
}
