// One connection on its way out: a socket that connects, fails, takes too long or is hung up. It answers once.

import { connect, type Socket } from 'node:net'
import type { Address } from '../core/address.ts'
import type { Engine } from '../core/engine.ts'
import { failure, failureFrom, type Failure } from '../core/failure.ts'
import { CONNECT_MAX_MS } from '../core/limits.ts'
import { Deadline } from '../core/timer-heap.ts'

/** The code of a call that was hung up. */
export const HUNG_UP = 'EHUNGUP'

/** Calls `to` from one of this machine's addresses, or from whichever fits. What it returns hangs up while nobody has answered. */
export function call(
  engine: Pick<Engine, 'now' | 'timers'>,
  to: Address,
  source: string | undefined,
  then: (result: Socket | Failure) => void,
): () => void {
  const localAddress = source === undefined ? {} : { localAddress: source }
  const socket = connect({ host: to.ip, port: to.port, ...localAddress, allowHalfOpen: true, noDelay: true })
  let isOver = false
  const settle = (result: Socket | Failure): void => {
    if (isOver) return
    isOver = true
    engine.timers.remove(deadline)
    socket.off('error', failed)
    if (result !== socket) socket.on('error', () => undefined).destroy()
    then(result)
  }
  const failed = (error: Error): void => settle(failureFrom(error))
  const deadline = new Deadline(() => settle(failure('ETIMEDOUT', 'nobody answers')))
  engine.timers.set(deadline, engine.now() + CONNECT_MAX_MS)
  socket.once('error', failed)
  socket.once('connect', () => settle(socket))
  return () => settle(failure(HUNG_UP, 'hung up'))
}
