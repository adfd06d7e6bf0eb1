// How a data connection comes about: by an address that the server names, of which its port alone is believed, or by one
// that we name and nobody but the server may call.

import { failure, isFailure, type Failure, type FurtherPort, type StreamIo } from '../../../core/index.ts'
import { formatExtended, formatPort, formatReply, parseExtendedPassive, parsePassive } from '../codec/index.ts'
import type { Reply } from '../messages.ts'
import type { Conversation } from './conversation.ts'
import { DataStream, type DataForm, type DataHearer } from './data-stream.ts'
import type { DataMode } from './options.ts'

/** A server that does not know EPSV, or not for this network (RFC 2428 §2, §3). */
const NO_EPSV: ReadonlySet<number> = new Set([500, 502, 522])

export interface DataLinkHearer extends DataHearer {
  /** The server knows where, and the transfer's own command may follow. */
  agreed(): void
  /** There is a stream: `stream.begin` when the server has said that it begins. */
  stream(stream: DataStream): void
}

export interface DataLinkParts {
  readonly io: StreamIo
  readonly talk: Conversation
  readonly mode: DataMode
  readonly form: DataForm
  readonly hearer: DataLinkHearer
  /** PASV will do where EPSV is not known; hears that it was. */
  readonly usePasv: (() => void) | undefined
}

/** Opens one data connection; `over` of the hearer says why there is none. What it gives takes no call any more. */
export function openDataLink(parts: DataLinkParts): () => void {
  if (parts.mode === 'EPSV' || parts.mode === 'PASV') {
    passive(parts, parts.mode)
    return () => {}
  }
  return active(parts, parts.mode)
}

function passive(parts: DataLinkParts, verb: 'EPSV' | 'PASV'): void {
  const { io, talk, form, hearer } = parts
  talk.say({ verb }, (reply) => {
    if (isFailure(reply)) return hearer.over(reply)
    if (verb === 'EPSV' && parts.usePasv !== undefined && NO_EPSV.has(reply.code)) {
      parts.usePasv()
      return passive(parts, 'PASV')
    }
    const port = portIn(reply, verb)
    if (port === undefined) return hearer.over(failure('EREFUSED', `no data connection: ${formatReply(reply)}`))
    // The address of a 227 is not looked at: it may be anybody's (RFC 2577 §3).
    io.connect({ ip: io.peer.ip, port }, (stream) => {
      const data = new DataStream(stream, form, hearer)
      hearer.stream(data)
      return data
    })
  })
}

function portIn(reply: Reply, verb: 'EPSV' | 'PASV'): number | undefined {
  const text = reply.lines[0] ?? ''
  if (verb === 'EPSV') return reply.code === 229 ? parseExtendedPassive(text) : undefined
  return reply.code === 227 ? parsePassive(text)?.port : undefined
}

function active({ io, talk, form, hearer }: DataLinkParts, verb: 'EPRT' | 'PORT'): () => void {
  let port: FurtherPort | undefined
  let isGone = false
  const close = (): void => {
    isGone = true
    port?.close()
  }
  const accept = (stream: StreamIo): DataStream => {
    const data = new DataStream(stream, form, hearer)
    hearer.stream(data)
    close()
    return data
  }
  const agreed = { peer: io.peer.ip, because: `${verb} in a conversation with ftp` }
  io.listen({ transport: 'tcp', port: 0, agreed, accept }, (bound) => {
    if (isFailure(bound)) return hearer.over(bound)
    port = bound
    if (isGone) return bound.close()
    const argument = verb === 'EPRT' ? formatExtended(bound.local) : formatPort(bound.local)
    talk.say({ verb, argument }, (reply) => agreedOn(reply, hearer))
  })
  return close
}

function agreedOn(reply: Reply | Failure, hearer: DataLinkHearer): void {
  if (isFailure(reply)) return hearer.over(reply)
  if (reply.code === 200) hearer.agreed()
  else hearer.over(failure('EREFUSED', `no data connection: ${formatReply(reply)}`))
}
