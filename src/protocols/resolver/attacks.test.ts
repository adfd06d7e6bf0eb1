// Zones made to keep a resolver busy: what one question may cost is bounded in questions sent, in work, and in memory.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foldName } from '../../shared/dns/codec/name.ts'
import { RCODE } from '../../shared/dns/messages.ts'
import { sampleNet, type SampleNet } from './sample-net.test.ts'
import { record, type Script } from './sample-peers.ts'

/** Zones l0.harbor.test, l1..., each of which is served by two hosts of the next; those of the last do not answer. */
function ladder(layers: number): Script {
  return ({ question }) => {
    const name = foldName(question.name)
    const found = /(?:^|\.)l(\d+)\.harbor\.test$/.exec(name)
    const layer = Number(found?.[1])
    if (found === null) return { rcode: RCODE.NOERROR, authorities: [SOA] }
    const cut = `l${layer}.harbor.test`
    const above = `l${layer + 1}.harbor.test`
    if (layer >= layers)
      return {
        authoritative: false,
        authorities: [record(`${cut} 3600 NS silent.harbor.test.`)],
        additionals: [record('silent.harbor.test 3600 A 192.0.2.200')],
      }
    return {
      authoritative: false,
      authorities: ['a', 'b'].map((host) => record(`${cut} 3600 NS ${host}.${above}.`)),
    }
  }
}

const SOA = record('harbor.test 300 SOA ns.harbor.test. host.harbor.test. 1 3600 600 86400 300')

const LAYERS = 60

/** Asks for a host of each, the last first, so that each finds the next one under way. */
async function climbed(): Promise<SampleNet> {
  const net = await sampleNet({ harbor: ladder(LAYERS) })
  for (let layer = LAYERS; layer >= 0; layer -= 1) await net.ask(`a.l${layer}.harbor.test`, 'A')
  return net
}

test('zones that wait for one another: each is looked at once, not once for each way to it', async () => {
  const net = await climbed()
  assert.ok(net.harbor.asked.length < LAYERS * 8, `${net.harbor.asked.length} questions`)
})

test('what failed because another failed says so in few words', async () => {
  const net = await climbed()
  for (let waited = 0; waited < 15_000; waited += 500) {
    net.plane.advance(500)
    await net.plane.settled()
  }
  for (let layer = LAYERS; layer >= 0; layer -= 1) await net.ask(`b.l${layer}.harbor.test`, 'TXT')
  const lengths = net.served.gate.events.map(({ summary }) => summary.length)
  assert.ok(lengths.length > 5)
  assert.ok(Math.max(...lengths) < 512, `${Math.max(...lengths)} characters`)
})
