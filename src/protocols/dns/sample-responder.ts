// A server without transports for this folder's tests, its fuzzing and its measurements.

import type { Io } from '../../core/io.ts'
import type { WorldView } from '../../core/world-view.ts'
import { isConfigError } from '../../core/failure.ts'
import { MESSAGE_MAX_BYTES } from '../../shared/dns/messages.ts'
import { config } from './config.ts'
import { buildDns } from './start.ts'
import type { Door } from './door.ts'
import type { Responder } from './responder.ts'

export interface SampleDoor extends Door {
  /** What the desk sent, oldest first; whoever reads it takes it out. */
  readonly replies: Uint8Array[]
}

/** `settings` as in a world file. */
export function sampleResponder(
  world: WorldView,
  io: Io,
  settings?: unknown,
): { readonly responder: Responder; readonly door: SampleDoor } {
  const parsed = config.parse(settings)
  if (isConfigError(parsed)) throw new Error('wrong settings')
  const { responder } = buildDns(io, parsed, world)
  const replies: Uint8Array[] = []
  const door: SampleDoor = {
    transport: 'udp',
    io,
    roomBytes: MESSAGE_MAX_BYTES,
    replies,
    replyTo: (peer, roomBytes) => ({
      transport: 'udp',
      peer,
      io,
      roomBytes,
      isGone: false,
      tell: (event) => responder.tell(io.now, () => io.emit(event)),
      backlog: 0,
      send: (message) => void replies.push(message),
      whenDrained: (then) => then(),
      hold: () => () => undefined,
      answerTo: (question) => responder.answer(question, peer, door),
      refuse: (message, rcode) => void replies.push(responder.refuse(message, rcode, io)),
    }),
  }
  return { responder, door }
}
