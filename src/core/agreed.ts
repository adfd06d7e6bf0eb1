// What a conversation opens beside itself under an agreement: a port for its peer, a stream to it. The gatekeeper is asked
// first, and told when it is over.

import type { Owner } from './engine.ts'
import { isFailure, type Failure } from './failure.ts'
import type { Listen } from './io.ts'
import type { Bound } from './plane.ts'
import type { Address } from './address.ts'

/**
 * The port, agreed on where that is asked for. Nothing can arrive between the two: the gatekeeper knows of the agreement
 * when `agree` returns, which is before the event loop turns.
 */
export async function agreedPort(
  owner: Owner,
  listen: Listen,
  binding: Promise<Bound | Failure>,
): Promise<Bound | Failure> {
  const bound = await binding
  if (isFailure(bound) || listen.transport === 'udp' || listen.agreed === undefined) return bound
  const { peer, because } = listen.agreed
  const asked = { flow: owner.flow, from: { ip: peer }, to: bound.local, direction: 'in', because } as const
  const takeBack = await owner.gatekeeper.agree(asked)
  if (isFailure(takeBack)) {
    await bound.close()
    return takeBack
  }
  return {
    local: bound.local,
    shut() {
      takeBack()
      bound.shut()
    },
    close() {
      takeBack()
      return bound.close()
    },
  }
}

/**
 * Calls `dial` once the stream has been agreed on, at once where it need not be. What `dial` gets is called when the
 * stream is over. An agreement that cannot be had leaves the stream to the rules.
 */
export function agreedDial(
  owner: Owner,
  between: { readonly from: string; readonly to: Address },
  because: string | undefined,
  dial: (over: () => void) => void,
): void {
  if (because === undefined) return dial(nothing)
  const { from, to } = between
  const asking = owner.gatekeeper.agree({ flow: owner.flow, from: { ip: from }, to, direction: 'out', because })
  void asking.then((takeBack) => dial(isFailure(takeBack) ? nothing : takeBack))
}

function nothing(): void {}
