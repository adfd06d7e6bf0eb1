// The world's side of gate.test.ts: an ordinary server on each port, behind the gate in nftables. Prints
// what the client met, what the same gate decides in-process, and what was read back.

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { familyOf, type Transport } from '../../src/core/address.ts'
import {
  compileGate,
  NFT_RECORD_QUERIES,
  NFT_SYSCTLS,
  nftRuleset,
  parseNftRecord,
} from '../../src/net/firewall/index.ts'
import { portsOf, rule, worldWith } from '../../src/net/firewall/fixture.ts'
import { probeScript } from './client-probes.ts'
import { CLIENT_IPV4, CLIENT_IPV6, GATEWAY_IPV4, GATEWAY_IPV6, joinClient, nft, nftOutput } from './namespaces.ts'

const PORTS = [25, 53, 80, 143, 6881]
const PLACES = ['192.0.2.2', '2001:db8:1::2', '192.0.2.3', '2001:db8:1::3']
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
for (const port of PORTS) {
  await once(createServer((socket) => socket.end('in')).listen(port, '::'), 'listening')
  for (const place of PLACES) await echo(place, port)
}
for (const [name, value] of Object.entries(NFT_SYSCTLS)) writeFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, value)
nft(nftRuleset(gate, { clients: ['c*'], ownAddresses: [GATEWAY_IPV4, GATEWAY_IPV6], everyAddress: false }))

const probes = PLACES.flatMap((place) => PORTS.flatMap((port) => [`tcp ${place} ${port}`, `udp ${place} ${port}`]))
const met = JSON.parse(await namespaces.client(probeScript([...probes, ...OUTSIDE])))
const decided = Object.fromEntries(probes.map((probe) => [probe, decide(probe)]))
const refused = NFT_RECORD_QUERIES.map((query) => parseNftRecord(gate, nftOutput(query)))
namespaces.close()
console.log(JSON.stringify({ met, decided, refused: refused.flat() }))
process.exit(0)

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
