// Which part of a connection each message goes to. Messages of the connection protocol before the login end it (RFC 4252 §6).

import type { ChannelTable } from '../channels/channel-table.ts'
import type { Authentication } from '../login/authentication.ts'
import { DISCONNECT } from '../messages.ts'
import type { ChannelOpen, MessageHandlers } from '../transport/library.ts'
import type { Link } from '../transport/link.ts'

export interface HandlersOwner {
  readonly link: Link
  readonly authentication: Authentication
  readonly table: ChannelTable
  readonly isLoggedIn: boolean
  left(reason: string): void
  opening(open: ChannelOpen): void
  /** Whether it could be done. */
  channelRequest(local: number, type: string, data: unknown): boolean
  globalRequest(name: string, wantReply: boolean, data: unknown): void
  abused(what: string): void
}

/** `owner` is asked for at the first message: the engine is made before what it serves. */
export function messageHandlers(owner: HandlersOwner): MessageHandlers {
  /** Runs `work` if the peer may send such a message now. */
  const connected = (work: () => void): void => {
    if (owner.link.isOver) return
    if (owner.isLoggedIn) return work()
    owner.abused('a message of the connection protocol before the login')
    owner.link.disconnect(DISCONNECT.protocolError)
  }
  return {
    DISCONNECT: (_engine, _reason, description) => owner.left(description),
    SERVICE_REQUEST: (engine, name) => {
      if (owner.link.isOver) return
      if (name === 'ssh-userauth' && !owner.link.isExchanging) engine.serviceAccept(name)
      else owner.link.disconnect(DISCONNECT.serviceNotAvailable)
    },
    USERAUTH_REQUEST: (_engine, user, service, method, data) => {
      if (!owner.link.isOver) owner.authentication.request(user, service, method, data)
    },
    USERAUTH_INFO_RESPONSE: (_engine, responses) => {
      if (!owner.link.isOver) owner.authentication.answered(responses)
    },
    GLOBAL_REQUEST: (_engine, name, wantReply, data) => connected(() => owner.globalRequest(name, wantReply, data)),
    CHANNEL_OPEN: (_engine, open) => connected(() => owner.opening(open)),
    CHANNEL_OPEN_CONFIRMATION: (_engine, confirmation) => connected(() => owner.table.confirmed(confirmation)),
    CHANNEL_OPEN_FAILURE: (_engine, recipient) => connected(() => owner.table.refused(recipient)),
    CHANNEL_WINDOW_ADJUST: (_engine, recipient, bytes) => connected(() => owner.table.widened(recipient, bytes)),
    CHANNEL_DATA: (_engine, recipient, data) => connected(() => owner.table.received(recipient, data)),
    // There is no such data from clients; it counts against no window that we would ever widen.
    CHANNEL_EXTENDED_DATA: () => undefined,
    CHANNEL_EOF: (_engine, recipient) => connected(() => owner.table.get(recipient)?.receiveEnd()),
    CHANNEL_CLOSE: (_engine, recipient) => connected(() => owner.table.get(recipient)?.receiveClose()),
    CHANNEL_REQUEST: (engine, recipient, type, wantReply, data) =>
      connected(() => {
        const channel = owner.table.get(recipient)
        if (channel === undefined) return
        const done = owner.channelRequest(recipient, type, data)
        if (!wantReply) return
        if (done) engine.channelSuccess(channel.remote)
        else engine.channelFailure(channel.remote)
      }),
  }
}
