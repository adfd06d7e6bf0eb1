// A datagram socket that asks, rather than is asked: its packets go to where the addresses of the world stand on this
// machine, and answers from there come from the world's addresses.

import type { Address, Transport } from '../core/address.ts'
import type { DatagramPeer } from '../core/datagram-runner.ts'
import type { DatagramEvents, DatagramSocket } from './datagram-socket.ts'

export interface Routes {
  readonly route?: (to: Address, transport: Transport) => Address
  readonly origin?: (from: Address) => Address
  /** Whether packets may go there; those that may not are lost. Default: yes. */
  readonly reaches?: (at: Address) => boolean
}

export class RoutedDatagrams {
  readonly #socket: DatagramSocket
  readonly #routes: Routes

  constructor(socket: DatagramSocket, routes: Routes) {
    this.#socket = socket
    this.#routes = routes
  }

  start(events: DatagramEvents): void {
    const known = (ip: string, port: number): Address => this.#routes.origin?.({ ip, port }) ?? { ip, port }
    this.#socket.start({
      received(packet, ip, port) {
        const from = known(ip, port)
        events.received(packet, from.ip, from.port)
      },
      receivedFrom: (peer, packet) => events.receivedFrom(peer, packet),
      peerOf(ip, port) {
        const from = known(ip, port)
        return events.peerOf(from.ip, from.port)
      },
    })
  }

  send(packet: Uint8Array, peer: DatagramPeer): void {
    const address = this.#routes.route?.(peer.address, 'udp') ?? peer.address
    if (this.#routes.reaches?.(address) === false) return
    this.#socket.send(packet, address === peer.address ? peer : { ...peer, address, sockaddr: undefined })
  }
}
