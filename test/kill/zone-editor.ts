// Edits one zone over and over, several edits at a time, until it is killed. Says the number of each that was acknowledged.

import { isFailure } from '../../src/core/failure.ts'
import { openJournal } from '../../src/host/journal.ts'
import { openZone } from '../../src/zones/index.ts'
import { APEX, DERIVED, nameOf, recordOf } from './zone-said.ts'

const AT_ONCE = 4
const [, , path = ''] = process.argv

const zone = openZone({
  apex: APEX,
  derived: DERIVED,
  kept: openJournal(path),
  problems: ({ message }) => {
    throw new Error(message)
  },
})

const { current } = zone
if (current === undefined) throw new Error('nothing is there')
let next = 0
while (current.has(nameOf(next))) next += 1
process.stdout.write('ready\n')

async function edit(number: number): Promise<void> {
  const made = await zone.change({ remove: [], add: [recordOf(number)] })
  if (isFailure(made)) throw new Error(made.message)
  process.stdout.write(`${number} ${made.serial}\n`)
}

for (;;) {
  await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => edit(next + index)))
  next += AT_ONCE
}
