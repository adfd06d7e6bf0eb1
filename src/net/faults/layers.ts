// The world's faults as layers, one for each, so that several on one flow add up in the world file's
// order. A flow that a fault does not name gets no layer from it.

import type { Flow } from '../../core/flow.ts'
import type { Layer } from '../../core/layer.ts'
import { isFarEndOurs } from '../far-end.ts'
import { compileAddresses, type AddressSet } from '../firewall/address-set.ts'
import type { Fault, FaultEffect, World } from '../world/model.ts'
import { chanceFrom } from './chance.ts'
import { DatagramFault } from './datagram-fault.ts'
import { StreamFault } from './stream-fault.ts'

/**
 * `hosts` and `ports` are matched with the end that is ours, `peers` with the other. A flow between two of the world's
 * hosts suffers once, where it is asked for. Empty without faults: the fast path.
 */
export function faultLayers(world: World): readonly Layer[] {
  return world.faults.map((fault, index) => faultLayer(world, fault, index))
}

function faultLayer(world: World, fault: Fault, index: number): Layer {
  const hosts = compileAddresses(world, fault.hosts)
  const peers = compileAddresses(world, fault.peers)
  const concerns = (flow: Flow) => !isFarEndOurs(world, flow) && matches(fault, hosts, peers, flow)
  const { effect } = fault
  return {
    name: `fault ${index + 1}`,
    place: 'wire',
    stream(link) {
      if (!touchesStreams(effect) || !concerns(link.flow)) return undefined
      return new StreamFault(effect, link, chanceFrom(world.seed, index, link.flow.id))
    },
    datagram(link) {
      if (!touchesDatagrams(effect) || !concerns(link.flow)) return undefined
      return new DatagramFault(effect, link, chanceFrom(world.seed, index, link.flow.id))
    },
  }
}

function matches(fault: Fault, hosts: AddressSet | undefined, peers: AddressSet | undefined, flow: Flow): boolean {
  const [host, peer] = flow.dialed === true ? [flow.from, flow.to] : [flow.to, flow.from]
  return (
    (fault.transport === undefined || fault.transport === flow.transport) &&
    (fault.ports.length === 0 || fault.ports.some(({ from, to }) => host.port >= from && host.port <= to)) &&
    (hosts === undefined || hosts.has(host.ip)) &&
    (peers === undefined || peers.has(peer.ip))
  )
}

function touchesStreams(effect: FaultEffect): boolean {
  return slows(effect) || effect.stallAfterBytes !== undefined || effect.resetAfterBytes !== undefined
}

function touchesDatagrams(effect: FaultEffect): boolean {
  const chances = [effect.lossChance, effect.duplicateChance, effect.reorderChance]
  return slows(effect) || chances.some((chance) => (chance ?? 0) > 0)
}

function slows({ delayMs, delayInMs, delayOutMs, jitterMs, throttleBytesPerSecond }: FaultEffect): boolean {
  const durations = [delayMs, delayInMs, delayOutMs, jitterMs]
  return durations.some((ms) => (ms ?? 0) > 0) || throttleBytesPerSecond !== undefined
}
