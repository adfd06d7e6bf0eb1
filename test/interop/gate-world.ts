// The world's side of gate.test.ts: an ordinary server on each port, behind the gate in nftables. Prints
// what the client met, what the same gate decides in-process, and what was read back.

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { familyOf, type Transport } from '../../src/core/address.ts'
import { NftConsole } from '../../src/host/private/nft-console.ts'
import { networkAgreements } from '../../src/cli/network-gate.ts'
import type { Agreement } from '../../src/core/plane.ts'
import {
  compileGate,
  NFT_RECORD_QUERIES,
  NFT_SYSCTLS,
  NFT_TABLE,
  nftRuleset,
  parseNftRecord,
} from '../../src/net/firewall/index.ts'
import { portsOf, rule, worldWith } from '../../src/net/firewall/fixture.ts'
import { probeScript } from './client-probes.ts'
import { CLIENT_IPV4, CLIENT_IPV6, GATEWAY_IPV4, GATEWAY_IPV6, joinClient, nft, nftOutput } from './namespaces.ts'

const PORTS = [25, 53, 80, 143, 6881]
const PLACES = ['192.0.2.2', '2001:db8:1::2', '192.0.2.3', '2001:db8:1::3']
/** Refused by the rules; agreed on with the client, and with another peer. */
const DATA_PORTS = { mine: 50_000, theirs: 50_001 }
const OUTSIDE = ['tcp 8.8.8.8 53', 'udp 8.8.8.8 53', 'udp 2606:4700::1111 53', 'udp 224.0.0.251 5353']

const gate = compileGate(
  worldWith({
    firewall: {
      default: 'drop',
      rules: [
        rule('reject', {
          services: ['smtp'],
          hosts: ['mail.harbor.test'],
          sources: ['203.0.113.0/24', 'laptop'],
          because: 'submission is on 587',
        }),
        rule('drop', { ports: [{ from: 6881, to: 6889 }], transport: 'tcp', because: 'peer-to-peer' }),
        rule('drop', { direction: 'out' }),
        rule('reject', { services: ['dns'], hosts: ['www.harbor.test'], because: 'no names here' }),
        rule('allow', { sources: ['198.51.100.0/24'] }),
        rule('allow', {
          ports: [
            { from: 1, to: 100 },
            { from: 90, to: 200 },
          ],
        }),
      ],
    },
  }),
  portsOf,
)

const namespaces = await joinClient(PLACES)
for (const port of [...PORTS, ...Object.values(DATA_PORTS)]) {
  await once(createServer((socket) => socket.end('in')).listen(port, '::'), 'listening')
  for (const place of PLACES) await echo(place, port)
}
for (const [name, value] of Object.entries(NFT_SYSCTLS)) writeFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, value)
nft(nftRuleset(gate, { clients: ['c*'], ownAddresses: [GATEWAY_IPV4, GATEWAY_IPV6], everyAddress: false }))

const probes = PLACES.flatMap((place) => PORTS.flatMap((port) => [`tcp ${place} ${port}`, `udp ${place} ${port}`]))
const met = JSON.parse(await namespaces.client(probeScript([...probes, ...OUTSIDE])))
const decided = Object.fromEntries(probes.map((probe) => [probe, decide(probe)]))
const refused = NFT_RECORD_QUERIES.map((query) => parseNftRecord(gate, nftOutput(query)))
const agreed = await probeAgreed()
const together = await changeTogether()
const afterwards = NFT_RECORD_QUERIES.map((query) => parseNftRecord(gate, nftOutput(query)))
namespaces.close()
console.log(JSON.stringify({ met, decided, refused: refused.flat(), agreed, together, afterwards: afterwards.flat() }))
process.exit(0)

/** What the client meets at the data ports: before, while they are agreed on, and after. */
async function probeAgreed(): Promise<unknown[]> {
  const { network, stop } = networkAgreements()
  const probes = PLACES.slice(0, 2).flatMap((ip) => Object.values(DATA_PORTS).map((port) => `tcp ${ip} ${port}`))
  const look = async (): Promise<unknown> => JSON.parse(await namespaces.client(probeScript(probes)))
  const before = await look()
  const agreements = PLACES.slice(0, 2).flatMap(agreementsAt)
  const failed = await Promise.all(agreements.map((agreement) => network.open(agreement)))
  const during = await look()
  for (const agreement of agreements) network.close(agreement)
  const again = await network.open(agreementsAt(PLACES[2] ?? '')[0]!)
  const after = await look()
  stop()
  return [before, during, after, { failed: [...failed, again].filter((each) => each !== undefined) }]
}

/** One change of several that cannot be made: whether each failed. */
async function changeTogether(): Promise<boolean[]> {
  const console = new NftConsole(NFT_TABLE)
  const elements = ['data4 { 192.0.2.2 . 1 }', 'nothing { 1 }', 'data4 { 192.0.2.2 . 2 }']
  const changes = elements.map((element) => console.run(`add element inet ${NFT_TABLE} ${element}`))
  const failed = (await Promise.all(changes)).map((each) => each !== undefined)
  console.stop()
  return [...failed, (await console.run('list tables')) !== undefined]
}

function agreementsAt(ip: string): readonly Agreement[] {
  const [mine, other] = familyOf(ip) === 6 ? [CLIENT_IPV6, '2001:db8::77'] : [CLIENT_IPV4, '203.0.113.77']
  const base = { flow: undefined, direction: 'in', because: 'EPSV in a conversation with ftp' } as const
  return [
    { ...base, from: { ip: mine }, to: { ip, port: DATA_PORTS.mine } },
    { ...base, from: { ip: other }, to: { ip, port: DATA_PORTS.theirs } },
  ]
}

async function echo(ip: string, port: number): Promise<void> {
  const socket = createSocket(familyOf(ip) === 6 ? 'udp6' : 'udp4')
  socket.on('message', (_packet, from) => socket.send('in', from.port, from.address))
  socket.bind(port, ip)
  await once(socket, 'listening')
}

function decide(probe: string): string {
  const [word, ip = '', port] = probe.split(' ')
  const transport: Transport = word === 'udp' ? 'udp' : 'tcp'
  const from = { ip: familyOf(ip) === 6 ? CLIENT_IPV6 : CLIENT_IPV4, port: 40_000 }
  return gate.decide({ transport, from, to: { ip, port: Number(port) }, direction: 'in' }).verdict
}
