// NTP: answers a second, and how exact they are; a world beside chronyd. No clock of this machine is set.

import { benchAnswers } from './ntp/answers.ts'
import { benchOffset } from './ntp/offset.ts'
import { missing, runProgram } from './peer.ts'
import type { Bench } from './table.ts'

export async function benchNtp(bench: Bench): Promise<void> {
  if (process.platform !== 'linux') return bench.skip('NTP', 'needs Linux')
  const why = missing({ chronyd: 'chrony' })
  if (why !== undefined) return bench.skip('NTP', why)
  await benchAnswers(bench)
  const lacks = missing({ unshare: 'util-linux', nsenter: 'util-linux', ip: 'iproute2' }) ?? (await noNamespaces())
  if (lacks !== undefined) return bench.skip('NTP offset', lacks)
  await benchOffset(bench)
}

async function noNamespaces(): Promise<string | undefined> {
  return runProgram(['unshare', '-Urn', 'true'], 5000).then(
    () => undefined,
    (error: Error) => `no namespaces here: ${error.message}`,
  )
}
