// A datagram socket that asks, rather than is asked: its packets go to where the addresses of the world stand on this
// machine, and answers from there come from the world's addresses.

import type { Address, Transport } from '../core/address.ts'
import type { DatagramPeer, Stamper } from '../core/datagram-runner.ts'
import type { DepartureStamps } from '../core/io.ts'
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
      received(packet, ip, port, machineMs) {
        const from = known(ip, port)
        events.received(packet, from.ip, from.port, machineMs)
      },
      receivedFrom: (peer, packet, machineMs) => events.receivedFrom(peer, packet, machineMs),
      peerOf(ip, port) {
        const from = known(ip, port)
        return events.peerOf(from.ip, from.port)
      },
    })
  }

  send(packet: Uint8Array, peer: DatagramPeer): void {
    const there = this.#routed(peer)
    if (there !== undefined) this.#socket.send(packet, there)
  }

  sendStamped(packet: Uint8Array, peer: DatagramPeer, stamps: DepartureStamps, stamper: Stamper): void {
    const there = this.#routed(peer)
    if (there !== undefined) this.#socket.sendStamped(packet, there, stamps, stamper)
  }

  #routed(peer: DatagramPeer): DatagramPeer | undefined {
    const address = this.#routes.route?.(peer.address, 'udp') ?? peer.address
    if (this.#routes.reaches?.(address) === false) return undefined
    return address === peer.address ? peer : { ...peer, address, sockaddr: undefined }
  }
}
