// What a session has agreed on so far: who it is, where it stands, and how the next transfer goes. REIN begins a new one.

import type { Tree } from '../../../core/index.ts'
import { FACTS, type Fact, type Protection, type TransferType } from '../messages.ts'

/** Who is logged in, and where. */
export interface Visitor {
  /** The address, or `anonymous`. */
  readonly user: string
  readonly tree: Tree
}

export class Session {
  visitor: Visitor | undefined
  /** Absolute, without links. */
  cwd = '/'
  /** RFC 959 §5.1: ASCII at first. */
  type: TransferType = 'A'
  protection: Protection
  /** PBSZ was said (RFC 4217 §9): PROT comes after it. */
  hasBufferSize = false
  /** Where the next transfer begins (RFC 3659 §5). */
  restart = 0
  renameFrom: string | undefined
  facts: ReadonlySet<Fact> = new Set(FACTS)
  /** RFC 2428 §4: no other way than EPSV any more. */
  isExtendedOnly = false

  constructor(protection: Protection) {
    this.protection = protection
  }

  /** For the tree. What a path leads to, and whether it leads out, is the tree's to say. */
  path(argument: string): string {
    if (argument === '') return this.cwd
    if (argument.startsWith('/')) return argument
    return this.cwd === '/' ? `/${argument}` : `${this.cwd}/${argument}`
  }

  /** For people: without `.` and `..`. */
  shownPath(argument: string): string {
    const parts: string[] = []
    for (const part of this.path(argument).split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    return `/${parts.join('/')}`
  }

  /** The offset of REST, once. */
  takeRestart(): number {
    const restart = this.restart
    this.restart = 0
    return restart
  }
}
