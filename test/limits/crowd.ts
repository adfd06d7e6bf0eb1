// A crowd in a process of its own: opens the connections that it is told to, sends on each what it is told, waits for an
// answer if it is told to, and keeps them. `node crowd.ts`, then one message {ip, port, count, send, until} at a time; it
// answers {open} or {refused}.

import { connect, type Socket } from 'node:net'

export interface CrowdOrder {
  readonly ip: string
  readonly port: number
  readonly count: number
  /** Latin-1. `#` stands for the number of the connection, from 0 in each crowd. */
  readonly send: string
  /** What the last answer has in it. Left out: none is waited for. */
  readonly until?: string
}

/** Connections on their way at once: below the kernel's accept queue of 4,096. */
const AT_ONCE = 512

const sockets = new Set<Socket>()
let opened = 0

function open({ ip, port, send, until }: CrowdOrder): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const number = opened++
  const sent = () => (until === undefined ? resolve() : answered(socket, until, resolve))
  const socket = connect({ host: ip, port }, () => {
    if (send === '') return sent()
    socket.write(Buffer.from(send.replaceAll('#', String(number)), 'latin1'), sent)
  })
  socket.on('error', reject).on('close', () => sockets.delete(socket))
  sockets.add(socket)
  return promise
}

function answered(socket: Socket, until: string, then: () => void): void {
  let text = ''
  const heard = (piece: Buffer) => {
    text += piece.toString('latin1')
    if (!text.includes(until)) return
    socket.off('data', heard).pause()
    then()
  }
  socket.on('data', heard)
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
