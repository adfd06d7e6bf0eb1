// The world's side of transparent.test.ts: a catch-all for streams and datagrams behind TPROXY, beside
// one ordinary server. Prints what the client heard.

import { createServer } from 'node:net'
import { once } from 'node:events'
import { formatAddress } from '../../src/core/address.ts'
import { isFailure, type Failure } from '../../src/core/failure.ts'
import { openTransparentDatagram, openTransparentStream, type TransparentDatagram } from '../../src/host/transparent.ts'
import { compileGate, nftRuleset } from '../../src/net/firewall/index.ts'
import { portsOf, worldWith } from '../../src/net/firewall/fixture.ts'
import { probeScript } from './client-probes.ts'
import { GATEWAY_IPV4, GATEWAY_IPV6, joinClient, nft } from './namespaces.ts'

const CATCH_ALL_PORT = 50_080
const namespaces = await joinClient()

const streams = await openTransparentStream(CATCH_ALL_PORT)
if (isFailure(streams)) throw new Error(streams.message)
streams.on('connection', (socket) => socket.end(`caught at ${socket.localAddress} ${socket.localPort}`))

const datagrams: TransparentDatagram | Failure = await openTransparentDatagram(CATCH_ALL_PORT, (packet, from, to) => {
  if (!isFailure(datagrams))
    datagrams.send(Buffer.from(`${Buffer.from(packet).toString()} at ${formatAddress(to)}`), to, from)
})
if (isFailure(datagrams)) throw new Error(datagrams.message)

const ordinary = createServer((socket) => socket.end('ordinary')).listen(80, '::')
await once(ordinary, 'listening')

nft(
  nftRuleset(compileGate(worldWith(), portsOf), {
    clients: ['c*'],
    ownAddresses: [GATEWAY_IPV4, GATEWAY_IPV6],
    catchAll: { tcpPort: CATCH_ALL_PORT, udpPort: CATCH_ALL_PORT },
  }),
)
const heard = await namespaces.client(
  probeScript([
    'tcp 8.8.8.8 4444',
    'tcp 2606:4700::1111 9999',
    'tcp 192.0.2.3 80',
    'tcp 2001:db8:1::3 80',
    'udp 8.8.8.8 4444',
    'udp 2606:4700::1111 9999',
  ]),
)
namespaces.close()
console.log(JSON.stringify({ heard: JSON.parse(heard), dropped: datagrams.dropped }))
process.exit(0)
