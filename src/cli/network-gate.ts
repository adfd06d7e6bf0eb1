// The gate as nftables in the private plane: laid once the services listen, and asked at the end for what it refused.

import { writeFileSync } from 'node:fs'
import { isFailure, type Failure } from '../core/failure.ts'
import { NftConsole } from '../host/private/nft-console.ts'
import { runTool } from '../host/private/tool.ts'
import { GATEWAY_IPV4, GATEWAY_IPV6 } from '../host/private/world-side.ts'
import {
  NFT_RECORD_QUERIES,
  NFT_SYSCTLS,
  NFT_TABLE,
  nftAgreed,
  nftRuleset,
  parseNftRecord,
  type Gate,
  type NftOptions,
  type RefusedFlow,
} from '../net/firewall/index.ts'
import type { NetworkGate } from '../net/keeper.ts'

/** The world's ends of all clients' links. */
const CLIENT_LINKS = ['c*']

export async function layNetworkGate(gate: Gate, catchAll: NftOptions['catchAll']): Promise<Failure | undefined> {
  for (const [name, value] of Object.entries(NFT_SYSCTLS)) writeSysctl(name, value)
  const options: NftOptions = {
    clients: CLIENT_LINKS,
    ownAddresses: [GATEWAY_IPV4, GATEWAY_IPV6],
    ...(catchAll === undefined ? { everyAddress: gate.world.catchAll } : { catchAll }),
  }
  const whole = await lay(gate, { ...options, closedPorts: true })
  return whole === undefined ? undefined : lay(gate, options)
}

/** A kernel without nft_socket takes the rules without those for closed ports: the report then lacks them. */
async function lay(gate: Gate, options: NftOptions): Promise<Failure | undefined> {
  const done = await runTool('nft', ['-f', '-'], nftRuleset(gate, options))
  return isFailure(done) ? done : undefined
}

/** What nftables refused so far: those flows never reached a socket of ours. */
export async function refusedByNetwork(gate: Gate): Promise<readonly RefusedFlow[]> {
  const texts = await Promise.all(NFT_RECORD_QUERIES.map((query) => runTool('nft', query)))
  return texts.flatMap((text) => {
    const refused = isFailure(text) ? [] : parseNftRecord(gate, text)
    return isFailure(refused) ? [] : refused
  })
}

/** Agreements in nftables, until `stop`: what stands then goes with the namespace. */
export function networkAgreements(): { readonly network: NetworkGate; readonly stop: () => void } {
  const nft = new NftConsole(NFT_TABLE)
  const network: NetworkGate = {
    async open(agreement) {
      const command = nftAgreed('add', agreement)
      return command === undefined ? undefined : nft.run(command)
    },
    close(agreement) {
      const command = nftAgreed('delete', agreement)
      if (command !== undefined) void nft.run(command)
    },
  }
  return { network, stop: () => nft.stop() }
}

function writeSysctl(name: string, value: string): void {
  try {
    writeFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, value)
  } catch {
    return
  }
}
