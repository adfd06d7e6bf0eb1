// LIST with its extensions (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 6154), and LSUB (RFC 3501 §6.3.9).

import { LIST_RETURNS, LIST_SELECTIONS } from '../../messages.ts'
import type { Command, ListReturn, ListSelection, StatusItem } from '../../messages.ts'
import type { Scanner } from '../scanner.ts'
import { statusItems } from './status.ts'

export function parseList(scan: Scanner): Command {
  scan.space()
  const selections = scan.next === '(' ? selectionsIn(scan) : []
  if (scan.text[scan.at - 1] === ')') scan.space()
  const reference = scan.mailbox()
  scan.space()
  const patterns: string[] = []
  if (scan.next === '(') scan.list(() => patterns.push(scan.pattern()))
  else patterns.push(scan.pattern())
  const [returns, status] = scan.skip(' RETURN ') ? returnsIn(scan) : [[], []]
  return { kind: 'LIST', reference, patterns, selections, returns, status }
}

export function parseLsub(scan: Scanner): Command {
  scan.space()
  const reference = scan.mailbox()
  scan.space()
  return { kind: 'LSUB', reference, pattern: scan.pattern() }
}

function selectionsIn(scan: Scanner): ListSelection[] {
  const selections: ListSelection[] = []
  scan.list(() => {
    const word = scan.word('a selection')
    const selection = LIST_SELECTIONS.find((known) => known === word)
    if (selection === undefined) scan.fail('there is no such selection')
    else selections.push(selection)
  })
  const recursive = selections.includes('RECURSIVEMATCH')
  if (recursive && selections.every((each) => each === 'RECURSIVEMATCH' || each === 'REMOTE')) {
    scan.fail('RECURSIVEMATCH wants a selection beside it')
  }
  return selections
}

function returnsIn(scan: Scanner): [ListReturn[], StatusItem[]] {
  const returns: ListReturn[] = []
  let status: StatusItem[] = []
  scan.list(() => {
    const word = scan.word('what to return')
    const known = LIST_RETURNS.find((each) => each === word)
    if (known === undefined) return scan.fail('there is nothing of that name to return')
    returns.push(known)
    if (known !== 'STATUS') return
    scan.space()
    status = statusItems(scan)
  })
  return [returns, status]
}
