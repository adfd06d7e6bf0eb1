// SELECT and EXAMINE (RFC 9051 §6.3.2) with CONDSTORE and QRESYNC (RFC 7162 §3.1.8, §3.2.5).

import type { Command, KnownMailbox } from '../../messages.ts'
import type { Scanner } from '../scanner.ts'

export function parseSelect(scan: Scanner, kind: 'SELECT' | 'EXAMINE'): Command {
  scan.space()
  const mailbox = scan.mailbox()
  let condstore = false
  let known: KnownMailbox | undefined
  if (scan.skip(' ')) {
    scan.list(() => {
      if (scan.skip('CONDSTORE')) condstore = true
      else known = qresync(scan)
    })
  }
  return { kind, mailbox, condstore, ...(known === undefined ? {} : { known }) }
}

function qresync(scan: Scanner): KnownMailbox {
  scan.expect('QRESYNC (', 'CONDSTORE or QRESYNC')
  const uidValidity = scan.number()
  scan.space()
  const modSeq = scan.modSequence()
  const uids = scan.text[scan.at + 1] === '(' || !scan.skip(' ') ? undefined : scan.numberSet()
  if (scan.skip(' ')) matchData(scan)
  scan.expect(')', 'the end of QRESYNC')
  return { uidValidity, modSeq, ...(uids === undefined ? {} : { uids }) }
}

/** Which numbers had which uids: of use to servers that forget what was expunged (RFC 7162 §3.2.5.2). */
function matchData(scan: Scanner): void {
  scan.expect('(', 'numbers and uids')
  scan.numberSet()
  scan.space()
  scan.numberSet()
  scan.expect(')', 'the end of numbers and uids')
}
