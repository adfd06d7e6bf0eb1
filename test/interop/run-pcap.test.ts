// `run --pcap`: tshark reads the file and shows what TLS hid, DNS over both transports, and nothing wrong in any packet.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside, newFolder } from './inside.ts'
import { skipWithout, tshark } from './portolan.ts'

function fields(file: string, filter: string, ...names: readonly string[]): string[] {
  return tshark(file, '-Y', filter, '-T', 'fields', ...names.flatMap((name) => ['-e', name]))
}

test('tshark reads a run', { skip: skipWithout('curl', 'dig', 'tshark') }, async (t) => {
  const file = join(newFolder(), 'run.pcapng')
  const world = await inside(
    {
      http2: 'curl -sS -4 https://www.harbor.test/over-two -o /dev/null',
      http1: 'curl -sS -6 --http1.1 https://www.harbor.test/over-one -o /dev/null',
      tls12: 'curl -sS --tls-max 1.2 --http1.1 https://www.island.test/over-old -o /dev/null',
      plain: 'curl -sS http://www.island.test/in-plain -o /dev/null',
      dns: 'dig +tcp harbor.test MX',
      refused: 'curl -sS -m 1 http://198.51.100.77/ || true',
    },
    { words: ['--pcap', file] },
  )
  for (const name of ['http2', 'http1', 'tls12', 'plain', 'dns'] as const) world.output(name)

  await t.test('HTTP/2 inside TLS', () =>
    assert.deepEqual(fields(file, 'http2.headers.path', 'http2.headers.path'), ['/over-two']),
  )
  await t.test('HTTP/1.1 inside TLS 1.3 and 1.2, and in plain', () =>
    assert.deepEqual(fields(file, 'http.request', 'http.request.uri', 'tcp.dstport').toSorted(), [
      '/in-plain\t80',
      '/over-old\t443',
      '/over-one\t443',
    ]),
  )
  await t.test('the answers', () => {
    assert.deepEqual(fields(file, 'http.response', 'http.response.code'), ['404', '404', '404'])
    assert.deepEqual(fields(file, 'http2.headers.status', 'http2.headers.status'), ['404'])
  })
  await t.test('DNS over UDP and TCP', () => {
    const asked = fields(file, 'dns.flags.response == 0', 'ip.proto', 'dns.qry.name')
    assert.ok(asked.includes('17\twww.harbor.test'))
    assert.ok(asked.includes('6\tharbor.test'))
    // The resolver asks in mixed case, and name servers repeat it.
    const exchanges = fields(file, 'dns.mx.mail_exchange', 'dns.mx.mail_exchange').map((name) => name.toLowerCase())
    assert.deepEqual(new Set(exchanges), new Set(['mail.harbor.test']))
  })
  await t.test('no packet is malformed, and none is missing', () => {
    const checks = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`])
    // curl closes its socket with the last answer, and a kernel that gets our close_notify after that resets: no flaw of the file.
    const wrong = '(_ws.malformed || _ws.expert.severity >= "Warning" || tcp.analysis.flags) && !(tcp.flags.reset == 1)'
    assert.deepEqual(tshark(file, ...checks, '-Y', wrong), [])
  })
})
