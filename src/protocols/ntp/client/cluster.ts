// The cluster algorithm (RFC 5905 §11.2.2): of those that agree, it leaves out who spreads the others more than each of them is
// spread by itself.

import { SURVIVORS_MIN } from './parameters.ts'

export interface Member {
  readonly offsetMs: number
  readonly jitterMs: number
}

/** `members`: best first. What is left keeps its order. */
export function survivorsOf<M extends Member>(members: readonly M[], survivorsMin = SURVIVORS_MIN): readonly M[] {
  let survivors = members
  while (survivors.length > survivorsMin) {
    const outlier = outlierOf(survivors)
    const steadiest = Math.min(...survivors.map(({ jitterMs }) => jitterMs))
    if (outlier === undefined || selectionJitterMs(outlier, survivors) <= steadiest) break
    survivors = survivors.filter((member) => member !== outlier)
  }
  return survivors
}

/** The root mean square of the differences between one member's offset and all others'. */
export function selectionJitterMs(member: Member, members: readonly Member[]): number {
  if (members.length < 2) return 0
  const squares = members.reduce((sum, { offsetMs }) => sum + (offsetMs - member.offsetMs) ** 2, 0)
  return Math.sqrt(squares / (members.length - 1))
}

/** Of equals the last, which has the worst stratum and distance. */
function outlierOf<M extends Member>(members: readonly M[]): M | undefined {
  let worst: M | undefined
  let most = -1
  for (const member of members) {
    const jitterMs = selectionJitterMs(member, members)
    if (jitterMs < most) continue
    most = jitterMs
    worst = member
  }
  return worst
}
