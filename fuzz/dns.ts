// Broken DNS packets against codec, server and detection, for as long as asked:
// `node fuzz/dns.ts [ROUNDS] [SEED]`. Prints what it did; a finding throws with the packet in hex.

import { decodeMessage, encodeMessage } from '../src/protocols/dns/codec/message.ts'
import { formatRdata, parseRdata } from '../src/protocols/dns/codec/rdata.ts'
import { detect } from '../src/protocols/dns/detect.ts'
import { describe } from '../src/protocols/dns/describe.ts'
import { isMalformed, type Message } from '../src/protocols/dns/messages.ts'
import { Mutations } from '../src/protocols/dns/mutations.ts'
import { worldPolicy } from '../src/protocols/dns/policy.ts'
import { QueryLog } from '../src/protocols/dns/query-log.ts'
import { Responder } from '../src/protocols/dns/responder.ts'
import { openWorld } from '../src/protocols/dns/sample-world.ts'
import { OpenGate, SimPlane } from '../src/sim/index.ts'

const rounds = Number(process.argv[2] ?? 1_000_000)
const seed = Number(process.argv[3] ?? 1)
const mutations = new Mutations(seed)
const gate = Object.assign(new OpenGate(), { event: () => undefined })
const io = new SimPlane().serviceIo('dns', [], gate, () => undefined)
const responder = new Responder(
  worldPolicy(openWorld, () => undefined),
  new QueryLog(io, true),
  1232,
)

function attempt(packet: Uint8Array): void {
  const message = decodeMessage(packet)
  detect(packet)
  if (!isMalformed(message)) rewrite(message)
  const transport = mutations.below(4) === 0 ? 'tcp' : 'udp'
  const answer = responder.answer(packet, transport, io)
  if (answer === undefined) return
  if (transport === 'udp' && answer.length > 1232) throw new Error('an answer that is too long')
  if (isMalformed(decodeMessage(answer))) throw new Error('an answer that does not read')
}

function rewrite(message: Message): void {
  describe(message)
  const again = decodeMessage(encodeMessage(message))
  if (isMalformed(again) || describe(again) !== describe(message))
    throw new Error('a message that reads back otherwise')
  for (const { type, data } of [...message.answers, ...message.additionals]) {
    const parsed = parseRdata(type, formatRdata(type, data))
    if (isMalformed(parsed) || Buffer.compare(parsed, data) !== 0) throw new Error('data that reads back otherwise')
  }
}

const startedMs = performance.now()
for (let round = 0; round < rounds; round += 1) {
  const packet = mutations.next()
  const shown = Buffer.from(packet).toString('hex')
  try {
    attempt(packet)
  } catch (thrown) {
    throw new Error(`round ${round}, seed ${seed}: ${shown}`, { cause: thrown })
  }
}
const seconds = (performance.now() - startedMs) / 1000
const heapMib = Math.round(process.memoryUsage().heapUsed / 1024 / 1024)
console.log(`${rounds} packets in ${seconds.toFixed(1)} s, seed ${seed}, heap ${heapMib} MiB`)
