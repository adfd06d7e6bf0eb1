// Two streams become one: what comes out of each goes into the other, ends included, neither faster than it is taken.

import type { Duplex } from 'node:stream'

export function join(one: Duplex, other: Duplex): void {
  carry(one, other)
  carry(other, one)
}

function carry(from: Duplex, to: Duplex): void {
  from.on('error', () => to.destroy())
  from.on('close', () => {
    const isWhole = from.readableEnded && from.writableFinished
    if (!isWhole) to.destroy()
  })
  from.pipe(to)
}
