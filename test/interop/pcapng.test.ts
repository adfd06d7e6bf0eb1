// tshark reads our captures: whole packets, right checksums, and the HTTP inside TLS.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duplexPair } from 'node:stream'
import { test } from 'node:test'
import { TLSSocket, connect, type SecureVersion } from 'node:tls'
import type { Flow, Link, StreamLayer } from '../../src/core/index.ts'
import { createAuthority } from '../../src/net/authority/index.ts'
import { Capture } from '../../src/net/record/index.ts'

const WALL_MS = Date.UTC(2026, 10, 22, 12, 0, 0, 250)
const missing = spawnSync('tshark', ['--version']).error !== undefined
const skip = missing && process.env['CI'] !== 'true' ? 'tshark is not installed' : false

interface Made {
  readonly capture: Capture
  readonly bytes: () => Buffer
}

function newCapture(): Made {
  const blocks: Uint8Array[] = []
  return { capture: new Capture({ sink: (bytes) => blocks.push(bytes) }), bytes: () => Buffer.concat(blocks) }
}

function flowOf(ip: { from: string; to: string }, port: number, more: Partial<Flow> = {}): Flow {
  const service = port === 53 ? 'dns' : 'http'
  const from = { ip: ip.from, port: 40_000 }
  return { id: 1, transport: 'tcp', from, to: { ip: ip.to, port }, service, openedMs: WALL_MS, ...more }
}

function linkOf(flow: Flow): Link {
  return { flow, now: 0, wallMs: WALL_MS, at() {}, random: () => 0, reset() {}, emit() {} }
}

const IPV4 = { from: '192.0.2.200', to: '192.0.2.10' }
const IPV6 = { from: '2001:db8::200', to: '2001:db8:1::10' }

function tshark(capture: Buffer, ...words: string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-pcapng-'))
  try {
    writeFileSync(join(folder, 'run.pcapng'), capture)
    const checks = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`])
    const all = ['-r', join(folder, 'run.pcapng'), ...checks, ...words]
    const result = spawnSync('tshark', all, { encoding: 'utf8' })
    assert.equal(result.status, 0, `${result.error?.message ?? ''}${result.stderr}`)
    return result.stdout.split('\n').filter((line) => line !== '')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What tshark finds wrong: checksums, sequence numbers, anything it calls a warning or worse. */
function complaints(capture: Buffer): string[] {
  return tshark(
    capture,
    '-Y',
    '_ws.expert.severity >= "Warning" || _ws.malformed',
    '-T',
    'fields',
    '-e',
    '_ws.expert.message',
  )
}

function stream(capture: Capture, flow: Flow): StreamLayer {
  const layer = capture.layer.stream?.(linkOf(flow))
  assert.ok(layer)
  return layer
}

/** A GET and its answer over real TLS in memory, with the capture between the two ends. */
async function fetchOverTls(made: Made, flow: Flow, version: SecureVersion): Promise<string> {
  const authority = createAuthority({ names: ['harbor.test'], ranges: [], catchAll: false, wallMs: Date.now })
  const { keyPem, certificatePem } = authority.identity(['www.harbor.test'])
  const [near, clientWire] = duplexPair()
  const [far, serverWire] = duplexPair()
  const layer = stream(made.capture, flow)
  clientWire.on('data', (chunk: Buffer) => layer.chunk('inbound', chunk, (on) => on !== 'end' && serverWire.write(on)))
  serverWire.on('data', (chunk: Buffer) => layer.chunk('outbound', chunk, (on) => on !== 'end' && clientWire.write(on)))

  const server = new TLSSocket(far, { isServer: true, key: keyPem, cert: certificatePem, maxVersion: version })
  server.on('keylog', (line: Buffer) => made.capture.secret(flow, line.toString('latin1')))
  server.on('data', () => server.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nahoy!'))
  const client = connect({ socket: near, ca: authority.certificatePem, servername: 'www.harbor.test' })
  client.write('GET /secret HTTP/1.1\r\nHost: www.harbor.test\r\n\r\n')
  const text = await new Promise<string>((resolve, reject) => {
    let got = ''
    client.on('data', (chunk: Buffer) => (got += chunk.toString('latin1')))
    client.on('end', () => resolve(got))
    client.on('error', reject)
  })
  layer.chunk('outbound', 'end', () => {})
  layer.chunk('inbound', 'end', () => {})
  layer.closed?.()
  return text
}

for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
  for (const [family, ip] of Object.entries({ IPV4, IPV6 })) {
    test(`HTTP inside ${version} over ${family} is shown decrypted`, { skip }, async () => {
      const made = newCapture()
      const text = await fetchOverTls(made, flowOf(ip, 443), version)
      assert.match(text, /ahoy!$/)
      const fields = ['http.request.uri', 'http.response.code', 'http.file_data', 'frame.time_epoch']
      const lines = tshark(made.bytes(), '-Y', 'http', '-T', 'fields', ...fields.flatMap((field) => ['-e', field]))
      assert.deepEqual(lines, ['/secret\t\t\t1795348800.250000000', '\t200\tahoy!\t1795348800.250000000'])
      assert.deepEqual(complaints(made.bytes()), [])
    })
  }
}

test('long transfers are whole segments in order', { skip }, () => {
  const made = newCapture()
  const layer = stream(made.capture, flowOf(IPV6, 80, { id: 4_000_000_000 }))
  const body = Buffer.alloc(1_000_000, 'x')
  layer.chunk('inbound', Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'), () => {})
  layer.chunk('outbound', Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`), () => {})
  layer.chunk('outbound', body, () => {})
  layer.chunk('inbound', 'end', () => {})
  layer.chunk('outbound', 'end', () => {})
  layer.closed?.()
  assert.deepEqual(complaints(made.bytes()), [])
  assert.deepEqual(tshark(made.bytes(), '-Y', 'http.response', '-T', 'fields', '-e', 'http.content_length'), [
    '1000000',
  ])
  const longest = tshark(made.bytes(), '-T', 'fields', '-e', 'tcp.len').map(Number)
  assert.equal(Math.max(...longest), 1440)
})

const FLAGS = ['-T', 'fields', '-e', 'ip.src', '-e', 'tcp.flags.str']

test('a rejected connection is SYN and RST, a dropped one SYN alone, with the reason', { skip }, () => {
  const made = newCapture()
  made.capture.refused(flowOf(IPV4, 25), 'reject', 'mail leaves through submission')
  made.capture.refused(flowOf(IPV4, 25, { id: 2, from: { ip: IPV4.from, port: 40_001 } }), 'drop', 'quiet')
  assert.deepEqual(tshark(made.bytes(), ...FLAGS), [
    '192.0.2.200\t··········S·',
    '192.0.2.10\t·······A·R··',
    '192.0.2.200\t··········S·',
  ])
  const comments = tshark(made.bytes(), '-Y', 'frame.comment', '-T', 'fields', '-e', 'frame.comment')
  assert.deepEqual(comments, ['flow 1: reject, mail leaves through submission', 'flow 2: drop, quiet'])
})

test('a connection that breaks off ends in RST', { skip }, () => {
  const made = newCapture()
  const layer = stream(made.capture, flowOf(IPV4, 80))
  layer.chunk('inbound', Buffer.from('x'), () => {})
  layer.closed?.()
  assert.deepEqual(tshark(made.bytes(), ...FLAGS).at(-1), '192.0.2.10\t·······A·R··')
})

test('what we dial ourselves begins at our end', { skip }, () => {
  const made = newCapture()
  const layer = stream(made.capture, flowOf(IPV4, 80, { dialed: true }))
  layer.chunk('outbound', Buffer.from('GET /dialed HTTP/1.1\r\nHost: a\r\n\r\n'), () => {})
  const lines = tshark(made.bytes(), '-Y', 'http', '-T', 'fields', '-e', 'ip.src', '-e', 'http.request.uri')
  assert.deepEqual(lines, ['192.0.2.200\t/dialed'])
})

test('datagrams are whole, over IPv4 and IPv6', { skip }, () => {
  const made = newCapture()
  const query = Buffer.from(
    '1234010000010000000000000377777706686172626f72047465737400 0001 0001'.replaceAll(' ', ''),
    'hex',
  )
  const answer = Buffer.from(
    '1234818300010000000000000377777706686172626f72047465737400 0001 0001'.replaceAll(' ', ''),
    'hex',
  )
  for (const ip of [IPV4, IPV6]) {
    const layer = made.capture.layer.datagram?.(linkOf(flowOf(ip, 53, { transport: 'udp' })))
    layer?.packet('inbound', query, () => {})
    layer?.packet('outbound', answer, () => {})
  }
  const lines = tshark(made.bytes(), '-T', 'fields', '-e', 'udp.srcport', '-e', 'dns.qry.name', '-e', 'dns.flags.rcode')
  assert.deepEqual(lines, [
    '40000\twww.harbor.test\t',
    '53\twww.harbor.test\t3',
    '40000\twww.harbor.test\t',
    '53\twww.harbor.test\t3',
  ])
  assert.deepEqual(complaints(made.bytes()), [])
})
