// DNS: answers a second of an authoritative server and of a resolver, and loading; worlds beside BIND, NSD, dnsmasq and Unbound.

import { benchAuthoritative } from './dns/authoritative.ts'
import { benchDefaultWorld } from './dns/default-world.ts'
import { benchLoading } from './dns/loading.ts'
import { benchRecursive } from './dns/recursive.ts'
import { missing } from './peer.ts'
import type { Bench } from './table.ts'

export async function benchDns(bench: Bench): Promise<void> {
  await benchLoading(bench)
  const why = missing({ dnsperf: 'dnsperf' })
  if (why !== undefined) return bench.skip('DNS answers', why)
  await benchDefaultWorld(bench)
  await benchAuthoritative(bench)
  await benchRecursive(bench)
}
