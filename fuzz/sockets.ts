// Broken beginnings of every protocol against every TCP port of the default world, on real sockets: each connection that
// its client ends must end, and no machine may break.

import { connect } from 'node:net'
import { startWorld, type RunningWorld } from '../src/index.ts'
import { Mutations } from './mutations.ts'
import type { Target } from './target.ts'

const SAMPLES = [
  'GET / HTTP/1.1\r\nHost: www.harbor.test\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0',
  '\0\x21\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\x06harbor\x04test\0\0\x01\0\x01',
  `\x16\x03\x01\0\x2f\x01\0\0\x2b\x03\x03${'\x07'.repeat(32)}\0\0\x02\x13\x01\x01\0\0\0`,
]
const WORDS = ['\0', '\xff\xff', '\r\n', '\x16\x03\x01', '\x15\x03\x03\0\x02\x02\x28', '\x80\x2e', ' ', ':']

/** A connection whose client has ended is closed well within this. */
const CLOSE_MAX_MS = 5000

export const sockets: Target = {
  name: 'sockets',
  about: 'beginnings of connections against every TCP port of the default world',
  async start(seed) {
    const mutations = new Mutations({ samples: SAMPLES, words: WORDS }, seed)
    const world = await startWorld()
    return {
      next: () => mutations.next(),
      attempt: (bytes) => attempt(bytes, world),
      stop: () => world.stop(),
    }
  },
}

async function attempt(bytes: Uint8Array, world: RunningWorld): Promise<void> {
  const streams = world.ports.filter(({ transport }) => transport === 'tcp')
  await Promise.all(streams.map(({ bound, known, host }) => said(bytes, bound, `${host}:${known.port}`)))
  const broken = world.events().find(({ kind }) => kind === 'driver.broken')
  if (broken !== undefined) throw new Error(broken.summary)
}

async function said(
  bytes: Uint8Array,
  at: { readonly ip: string; readonly port: number },
  name: string,
): Promise<void> {
  const socket = connect({ host: at.ip, port: at.port, allowHalfOpen: true })
  socket.on('error', () => undefined).on('end', () => socket.destroy())
  socket.resume().end(bytes)
  const timeout = setTimeout(() => socket.destroy(new Error('still open')), CLOSE_MAX_MS)
  await new Promise((resolve) => socket.once('close', resolve))
  clearTimeout(timeout)
  if (socket.errored?.message === 'still open') throw new Error(`${name} stays open`)
}
