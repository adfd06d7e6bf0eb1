// The mail world as its programs meet it: who is there, how long to wait for a mail, and what tests skip for.

import { accessSync, constants } from 'node:fs'
import { PORTOLAN, skipWithout } from '../portolan.ts'

export const ALICE = 'alice@harbor.test'
export const BOB = 'bob@island.test'

/** Shell that waits until so many mails are for somebody, and says nothing. */
export function arrived(count: number, to: string, ...words: readonly string[]): string {
  return `${PORTOLAN} mail wait --to ${to} --count ${count} --timeout 20s ${words.join(' ')} --json >/dev/null`
}

/** Programs of PATH, and daemons by their whole path. */
export function skipMail(...programs: readonly string[]): string | false {
  if (process.env['CI'] === 'true') return false
  const lacking = programs.filter((program) => program.startsWith('/') && !isThere(program))
  if (lacking.length > 0) return `needs ${lacking.join(', ')}`
  return skipWithout(...programs.filter((program) => !program.startsWith('/')))
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
