// Broken DNS packets against codec, server and detection.

import { decodeMessage, encodeMessage } from '../src/shared/dns/codec/message.ts'
import { formatRdata, parseRdata } from '../src/shared/dns/codec/rdata.ts'
import { detect } from '../src/shared/dns/detect.ts'
import { describe } from '../src/shared/dns/describe.ts'
import { isMalformed, type Message } from '../src/shared/dns/messages.ts'
import { Mutations } from '../src/shared/dns/mutations.ts'
import type { Responder } from '../src/protocols/dns/responder.ts'
import { sampleResponder, type SampleDoor } from '../src/protocols/dns/sample-responder.ts'
import { openWorld } from '../src/protocols/dns/sample-world.ts'
import { OpenGate, SimPlane } from '../src/sim/index.ts'
import type { Run, Target } from './target.ts'

/** What the server is told to send at most over UDP. */
const UDP_MAX_BYTES = 1232

const PEER = { ip: '198.51.100.9', port: 5353 }

export const dns: Target = {
  name: 'dns',
  about: 'messages against codec, server and detection',
  start(seed): Run {
    const mutations = new Mutations(seed)
    const gate = Object.assign(new OpenGate(), { event: () => undefined })
    const io = new SimPlane().serviceIo('dns', [], gate, () => undefined)
    const { responder, door } = sampleResponder(openWorld, io)
    const transport = () => (mutations.below(4) === 0 ? 'tcp' : 'udp')
    return {
      next: () => mutations.next(),
      attempt: (packet) => answer(packet, responder, { ...door, transport: transport() }),
    }
  },
}

function answer(packet: Uint8Array, responder: Responder, door: SampleDoor): void {
  const message = decodeMessage(packet)
  detect(packet)
  if (!isMalformed(message)) rewrite(message)
  const reply = responder.answer(packet, PEER, door) ?? door.replies.pop()
  if (reply === undefined) return
  if (door.transport === 'udp' && reply.length > UDP_MAX_BYTES) throw new Error('an answer that is too long')
  if (isMalformed(decodeMessage(reply))) throw new Error('an answer that does not read')
}

function rewrite(message: Message): void {
  describe(message)
  const again = decodeMessage(encodeMessage(message))
  if (isMalformed(again) || describe(again) !== describe(message))
    throw new Error('a message that reads back otherwise')
  for (const { type, data } of [...message.answers, ...message.additionals]) {
    if (data.length === 0) continue
    const parsed = parseRdata(type, formatRdata(type, data))
    if (isMalformed(parsed) || Buffer.compare(parsed, data) !== 0) throw new Error('data that reads back otherwise')
  }
}
