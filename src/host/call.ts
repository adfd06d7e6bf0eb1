// One connection on its way out: a socket that connects, fails, takes too long or is hung up. It answers once.

import { connect, type Socket } from 'node:net'
import type { Address } from '../core/address.ts'
import type { Engine } from '../core/engine.ts'
import { failure, failureFrom, isFailure, type Failure } from '../core/failure.ts'
import { CONNECT_MAX_MS } from '../core/limits.ts'
import { Deadline } from '../core/timer-heap.ts'

/** The code of a call that was hung up. */
export const HUNG_UP = 'EHUNGUP'

/** A port of ours that cannot be had: another holds it, it is for root alone, or its last stream to there is not forgotten yet. */
const NOT_TO_BE_HAD = new Set(['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'])

export interface Caller {
  /** One of this machine's addresses. Left out: whichever fits. */
  readonly ip: string | undefined
  /** To come from, best first; none of them: any. */
  readonly ports: readonly number[]
}

/** Calls `to`. What it returns hangs up while nobody has answered. */
export function call(
  engine: Pick<Engine, 'now' | 'timers'>,
  to: Address,
  { ip, ports: [port, ...ports] }: Caller,
  then: (result: Socket | Failure) => void,
): () => void {
  let hangUp = callFrom(engine, to, { ip, port }, (result) => {
    const isTaken = port !== undefined && isFailure(result) && NOT_TO_BE_HAD.has(result.code)
    if (isTaken) hangUp = call(engine, to, { ip, ports }, then)
    else then(result)
  })
  return () => hangUp()
}

function callFrom(
  engine: Pick<Engine, 'now' | 'timers'>,
  to: Address,
  { ip, port }: { readonly ip: string | undefined; readonly port: number | undefined },
  then: (result: Socket | Failure) => void,
): () => void {
  const local = {
    ...(ip === undefined ? {} : { localAddress: ip }),
    ...(port === undefined ? {} : { localPort: port }),
  }
  const socket = connect({ host: to.ip, port: to.port, ...local, allowHalfOpen: true, noDelay: true })
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
