// A small internet for this folder's tests: a root, a top-level zone and a zone, each on a server of its own, and a resolver
// in front.

import { emptyNames } from '../../core/empty-names.ts'
import type { WorldView } from '../../core/world-view.ts'
import { decodeMessage, encodeMessage } from '../../shared/dns/codec/message.ts'
import { CLASS, isMalformed, query, typeNumber, type Message } from '../../shared/dns/messages.ts'
import { formatRdata } from '../../shared/dns/codec/rdata.ts'
import { OpenGate } from '../../sim/gatekeeper.ts'
import { SimPlane, lonelyWorld, serve, type Served } from '../../sim/index.ts'
import { resolver } from './index.ts'
import { sampleServer, zoneScript, type SampleServer, type Script } from './sample-peers.ts'

export const RESOLVER = '198.51.100.1'
export const ROOT = '192.0.2.1'
export const TEST = '192.0.2.2'
export const HARBOR = '192.0.2.3'

export const rootLines = ['test 3600 NS ns.test.', `ns.test 3600 A ${TEST}`]
export const testLines = ['harbor.test 3600 NS ns.harbor.test.', `ns.harbor.test 3600 A ${HARBOR}`]
export const harborLines = [
  'harbor.test 3600 NS ns.harbor.test.',
  'harbor.test 300 MX 10 mail.harbor.test.',
  `ns.harbor.test 3600 A ${HARBOR}`,
  'www.harbor.test 300 A 192.0.2.10',
  'web.harbor.test 300 CNAME www.harbor.test.',
  'deep.in.the.harbor.test 300 A 192.0.2.11',
  'round.harbor.test 300 CNAME about.harbor.test.',
  'about.harbor.test 300 CNAME round.harbor.test.',
]

export interface SampleNet {
  readonly served: Served
  readonly plane: SimPlane
  readonly root: SampleServer
  readonly test: SampleServer
  readonly harbor: SampleServer
  /** Asks over UDP and waits for `waitMs` of the world's time. */
  ask(name: string, type: string, changes?: Partial<Message>, waitMs?: number): Promise<Message | undefined>
  /** A further server. */
  add(ip: string, script: Script, port?: number): Promise<SampleServer>
}

export interface SampleOptions {
  readonly config?: Readonly<Record<string, unknown>>
  readonly world?: Partial<WorldView>
  readonly root?: Script
  readonly test?: Script
  readonly harbor?: Script
  readonly addresses?: readonly string[]
  readonly seed?: number
}

export async function sampleNet(options: SampleOptions = {}): Promise<SampleNet> {
  const plane = new SimPlane({ seed: options.seed ?? 1 })
  const gate = new OpenGate()
  const addresses = options.addresses ?? [RESOLVER]
  const rootView = { servers: [{ name: 'a.root', addresses: [ROOT] }], signing: undefined }
  const world: WorldView = { ...lonelyWorld(addresses, 'resolver'), ...emptyNames, root: rootView, ...options.world }
  const config = { validate: false, ...options.config }
  const served = await serve(resolver, { plane, gate, world, config, addresses })
  const root = await sampleServer(plane, gate, ROOT, options.root ?? zoneScript('', rootLines))
  const test = await sampleServer(plane, gate, TEST, options.test ?? zoneScript('test', testLines))
  const harbor = await sampleServer(plane, gate, HARBOR, options.harbor ?? zoneScript('harbor.test', harborLines))
  return {
    served,
    plane,
    root,
    test,
    harbor,
    add: (ip, script, port) => sampleServer(plane, gate, ip, script, port),
    ask: (name, type, changes, waitMs) => ask(served, name, type, changes, waitMs),
  }
}

async function ask(
  served: Served,
  name: string,
  type: string,
  changes: Partial<Message> = {},
  waitMs = 0,
): Promise<Message | undefined> {
  const { peer, to } = served.datagramPeer(53)
  const edns = { udpSizeBytes: 1232, version: 0, dnssecOk: false, options: [] }
  const asked = query(4711, { name, type: typeNumber(type) ?? 0, class: CLASS.IN }, { edns, ...changes })
  peer.send(encodeMessage(asked), to)
  await served.plane.settled()
  for (let waited = 0; waited < waitMs && peer.received.length === 0; waited += 50) {
    served.plane.advance(50)
    await served.plane.settled()
  }
  const bytes = peer.take()
  const answer = bytes === undefined ? undefined : decodeMessage(bytes)
  return answer === undefined || isMalformed(answer) ? undefined : answer
}

/** `A 192.0.2.10` for each answer. */
export function answersOf(message: Message | undefined): string[] {
  return (message?.answers ?? []).map(({ type, data }) => formatRdata(type, data))
}
