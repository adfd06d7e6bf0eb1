// Where questions come in and answers leave: a UDP socket, or one TCP connection (server.ts).

import type { Address } from '../../core/address.ts'
import type { Io } from '../../core/io.ts'
import type { DeskReply } from './desk.ts'

/** What brought a packet, and takes the answer back. */
export interface Door {
  readonly transport: 'udp' | 'tcp'
  /** The asker's own, so that events are told of that peer. */
  readonly io: Io
  /** No answer is longer, whatever the asker takes. */
  readonly roomBytes: number
  /** For messages that the desk answers, now or later. */
  replyTo(peer: Address, roomBytes: number): DeskReply
}
