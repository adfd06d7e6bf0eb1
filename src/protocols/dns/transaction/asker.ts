// Who has sent a message to the desk: its signature is checked first (RFC 8945 §5.2), and what is sent back is signed where the
// request was. What the message asks for is not looked at here.

import type { Address } from '../../../core/address.ts'
import type { Name } from '../../../core/name.ts'
import type { TransactionKey } from '../../../core/zones.ts'
import { encodeMessage } from '../../../shared/dns/codec/message.ts'
import { encodeExtendedError } from '../../../shared/dns/edns/extended-errors.ts'
import {
  RCODE,
  UDP_UNFRAGMENTED_BYTES,
  rcodeName,
  type EdnsOption,
  type Message,
} from '../../../shared/dns/messages.ts'
import { tsigBytes } from '../../../shared/dns/tsig/mac.ts'
import { TsigSigner, refusalAnswer, verifyRequest, type Refused, type Verified } from '../../../shared/dns/tsig/tsig.ts'
import { refusalTo, type DeskReply, type DeskRequest } from '../desk.ts'

export type KeysByName = ReadonlyMap<Name, TransactionKey>

export function keysByName(keys: readonly TransactionKey[]): KeysByName {
  return new Map(keys.map((key) => [key.name, key]))
}

export interface Asker {
  readonly peer: Address
  /** That signed the request. */
  readonly key: Name | undefined
  /** The request as it came, its signature taken off. A copy where it was signed. */
  readonly packet: Uint8Array
  /** What a message may have before it is signed. */
  readonly roomBytes: number
  /** Signs where the request was signed; all messages of an answer in their order. */
  send(message: Uint8Array): void
}

/** Undefined: the signature does not hold, which has been answered. */
export function admit({ packet, message }: DeskRequest, reply: DeskReply, keys: KeysByName): Asker | undefined {
  const verdict = verifyRequest(packet, (name) => keys.get(name), nowSeconds(reply))
  switch (verdict.kind) {
    case 'unsigned':
      return {
        peer: reply.peer,
        key: undefined,
        packet,
        roomBytes: reply.roomBytes,
        send: (bytes) => reply.send(bytes),
      }
    case 'verified':
      return signedAsker(verdict, reply)
    case 'malformed':
      reply.refuse(message, RCODE.FORMERR)
      return undefined
    case 'refused':
      refuseSignature(verdict, message, reply)
      return undefined
  }
}

function signedAsker({ key, mac, message }: Verified, reply: DeskReply): Asker {
  const signer = new TsigSigner(key, mac)
  return {
    peer: reply.peer,
    key: key.name,
    packet: message,
    roomBytes: reply.roomBytes - tsigBytes(key),
    send: (bytes) => reply.send(signer.sign(bytes, nowSeconds(reply))),
  }
}

function refuseSignature(refused: Refused, message: Message, reply: DeskReply): void {
  const answer = encodeMessage(refusalTo(message, RCODE.NOTAUTH))
  reply.send(refusalAnswer(answer, refused, nowSeconds(reply)))
  const why = rcodeName(refused.error === 16 ? RCODE.NOTAUTH : refused.error)
  const { name } = refused.record
  const summary = `a message signed with ${name || '.'} is not believed: ${refused.error === 16 ? 'BADSIG' : why}`
  reply.tell({ kind: 'dns.refused', severity: 'warning', summary, detail: { key: name, error: refused.error } })
}

function nowSeconds({ io }: DeskReply): number {
  return Math.floor(io.wallMs / 1000)
}

/** An answer without records; `why` goes to those who speak EDNS (RFC 8914). */
export function emptyAnswer(
  message: Message,
  rcode: number,
  why?: { readonly code: number; readonly text: string },
): Uint8Array {
  const { edns } = message
  const options: readonly EdnsOption[] = why === undefined ? [] : [encodeExtendedError(why)]
  const own = { udpSizeBytes: UDP_UNFRAGMENTED_BYTES, version: 0, dnssecOk: edns?.dnssecOk ?? false, options }
  return encodeMessage({ ...refusalTo(message, rcode), ...(edns && { edns: own }) })
}
