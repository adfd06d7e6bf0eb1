// A crowd in a process of its own: opens the connections that it is told to, sends on each what it is told, and keeps
// them. `node crowd.ts`, then one message {ip, port, count, send} at a time; it answers {open} or {refused}.

import { connect, type Socket } from 'node:net'

export interface CrowdOrder {
  readonly ip: string
  readonly port: number
  readonly count: number
  /** Latin-1. */
  readonly send: string
}

/** Connections on their way at once: below the kernel's accept queue of 4,096. */
const AT_ONCE = 512

const sockets = new Set<Socket>()

function open({ ip, port, send }: CrowdOrder): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect({ host: ip, port }, () => {
    if (send === '') return resolve()
    socket.write(Buffer.from(send, 'latin1'), () => resolve())
  })
  socket.on('error', reject).on('close', () => sockets.delete(socket))
  sockets.add(socket)
  return promise
}

async function obey(order: CrowdOrder): Promise<void> {
  for (let left = order.count; left > 0; left -= AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, () => open(order)))
  process.send?.({ open: sockets.size })
}

process.on('message', (order: CrowdOrder) => {
  obey(order).catch((thrown: unknown) => process.send?.({ refused: String(thrown) }))
})
process.on('disconnect', () => process.exit(0))
