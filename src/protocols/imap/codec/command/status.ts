// The items of STATUS (RFC 9051 §6.3.11), alone and within LIST.

import { STATUS_ITEMS, type StatusItem } from '../../messages.ts'
import type { Scanner } from '../scanner.ts'

export function statusItems(scan: Scanner): StatusItem[] {
  const items: StatusItem[] = []
  scan.list(() => {
    const word = scan.word('an item of STATUS')
    const item = STATUS_ITEMS.find((known) => known === word)
    if (item === undefined) scan.fail('there is no such item of STATUS')
    else if (!items.includes(item)) items.push(item)
  })
  if (items.length === 0) scan.fail('expected items of STATUS')
  return items
}
