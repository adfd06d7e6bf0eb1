// One question to a server, to see whether it is there, or has a name yet.

import { createSocket } from 'node:dgram'
import {
  CLASS,
  decodeMessage,
  encodeMessage,
  isMalformed,
  query,
  TYPE,
  type Message,
} from '../../src/shared/dns/index.ts'
import type { Place } from '../world.ts'

const ANSWER_MAX_MS = 200

/** Whether anything is answered. */
export async function isThere(place: Place): Promise<boolean> {
  return (await ask(place, '', TYPE.NS)) !== undefined
}

/** Whether the name has an address there. */
export async function hasAddress(place: Place, name: string): Promise<boolean> {
  const answer = await ask(place, name, TYPE.A)
  return answer !== undefined && answer.answers.length > 0
}

/** Whether the name's address is said to be authentic (AD, RFC 6840 §5.7). */
export async function isValidated(place: Place, name: string): Promise<boolean> {
  const answer = await ask(place, name, TYPE.A)
  return answer !== undefined && answer.answers.length > 0 && answer.authenticData
}

function ask({ ip, port }: Place, name: string, type: number): Promise<Message | undefined> {
  const question = encodeMessage(query(1, { name, type, class: CLASS.IN }, { authenticData: true }))
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const settle = (answer: Message | undefined): void => {
      clearTimeout(timer)
      socket.close()
      resolve(answer)
    }
    const timer = setTimeout(() => settle(undefined), ANSWER_MAX_MS)
    socket.once('error', () => settle(undefined))
    socket.once('message', (bytes) => {
      const message = decodeMessage(bytes)
      settle(isMalformed(message) ? undefined : message)
    })
    socket.connect(port, ip, () => socket.send(question))
  })
}
