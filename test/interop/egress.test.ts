// Nothing leaves: a program that tries every way out is run where every way out stands open, and a capture on all
// outer interfaces holds no packet of it. The outer network is a namespace of the test's own, where anybody is root.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { newFolder, reportSchema, type Report } from './inside.ts'
import { PORTOLAN, runProgram, skipWithout } from './portolan.ts'

const CLIENTS = join(import.meta.dirname, 'clients')
const GATEWAY_MAC = '02:00:00:00:00:01'
const PROXY = 'http://10.77.0.1:3128'

/** An interface that is up, with default routes over neighbours that need no asking: what is sent to anywhere crosses it. */
const OUTER = `
echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
ip link set lo up
ip link add outer0 type veth peer name far0
ip link set far0 up
ip link set outer0 up
ip addr add 10.77.0.2/24 dev outer0
ip -6 addr add fd77::2/64 dev outer0 nodad
ip neigh add 10.77.0.1 lladdr ${GATEWAY_MAC} dev outer0
ip neigh add fd77::1 lladdr ${GATEWAY_MAC} dev outer0
ip route add default via 10.77.0.1
ip -6 route add default via fd77::1
exec /usr/bin/python3 ${CLIENTS}/capture.py "$@"
`

const packet = v.object({
  interface: v.string(),
  ethertype: v.optional(v.number()),
  protocol: v.optional(v.number()),
  to: v.optional(v.string()),
  port: v.optional(v.number()),
})

interface Watched {
  readonly packets: readonly v.InferOutput<typeof packet>[]
  readonly outcomes: Readonly<Record<string, string | number>>
  readonly stderr: string
}

/** Runs the hostile program as `command` says, and what crossed the outer interfaces meanwhile. */
async function watch(...command: readonly string[]): Promise<Watched> {
  const file = join(newFolder(), 'packets.json')
  const hostile = ['/usr/bin/python3', join(CLIENTS, 'hostile.py')]
  const env = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', http_proxy: PROXY, https_proxy: PROXY }
  const words = ['-Urnm', 'sh', '-ec', OUTER, 'outer', file, ...command, ...hostile]
  const ran = await runProgram('unshare', words, { env })
  assert.equal(ran.code, 0, ran.stderr)
  return {
    packets: v.parse(v.array(packet), JSON.parse(readFileSync(file, 'utf8'))),
    outcomes: v.parse(v.record(v.string(), v.union([v.string(), v.number()])), JSON.parse(ran.stdout)),
    stderr: ran.stderr,
  }
}

async function watchInside(...words: readonly string[]): Promise<Watched & { readonly report: Report }> {
  const report = join(newFolder(), 'report.json')
  const watched = await watch(PORTOLAN, 'run', '--report', 'json', '--report-to', report, ...words, '--')
  return { ...watched, report: v.parse(reportSchema, JSON.parse(readFileSync(report, 'utf8'))) }
}

test('nothing leaves', { skip: skipWithout('python3', 'curl') }, async (t) => {
  await t.test('the capture sees what leaves without Portolan', async () => {
    const { packets, outcomes } = await watch()
    const seen = new Set(packets.filter(({ interface: at }) => at === 'outer0').map(({ to, port }) => `${to} ${port}`))
    const expected = ['8.8.8.8 53', '1.1.1.1 443', '2001:4860:4860::8888 53', 'ff02::fb 5353', '10.77.0.1 3128']
    assert.deepEqual(
      expected.filter((place) => !seen.has(place)),
      [],
    )
    assert.equal(outcomes['raw packet'], 'opened')
  })

  await t.test('no packet crosses an outer interface, and the report says what was wanted', async () => {
    const { packets, outcomes, report } = await watchInside()
    assert.deepEqual(packets, [])
    assert.equal(outcomes['tcp 8.8.8.8 53'], 'OSError')
    assert.equal(outcomes['own resolver'], 'answered 12')
    assert.equal(outcomes['raw icmp'], 'PermissionError')
    assert.equal(outcomes['raw packet'], 'PermissionError')
    assert.notEqual(outcomes['add a route'], 0)

    const refused = report.refused.map(({ thing: { verdict, host, port, transport } }) =>
      [verdict, transport, host, port].join(' '),
    )
    const wanted = [
      'reject udp 8.8.8.8 53',
      'reject tcp 8.8.8.8 53',
      'reject tcp 1.1.1.1 443',
      'reject udp 1.1.1.1 443',
      'reject udp 2001:4860:4860::8888 53',
      'reject tcp 2606:4700:4700::1111 443',
      'reject tcp 10.77.0.1 80',
      'reject tcp 10.77.0.2 80',
      'reject tcp fd77::1 80',
      'reject tcp 169.254.169.254 80',
      'drop udp 224.0.0.251 5353',
      'drop udp 239.255.255.250 1900',
      'drop udp ff02::fb 5353',
      'drop udp ff02::1 9999',
      'drop udp 255.255.255.255 67',
    ]
    assert.deepEqual(
      wanted.filter((line) => !refused.includes(line)),
      [],
      refused.join('\n'),
    )
    assert.ok(report.unknownNames.some(({ name }) => name === 'www.example.com'))
  })

  await t.test('nor with --catch-all, where everything answers', async () => {
    const { packets, outcomes } = await watchInside('--catch-all')
    assert.deepEqual(packets, [])
    assert.equal(outcomes['http_proxy'], 0)
    assert.equal(outcomes['https_proxy'], 0)
  })
})
