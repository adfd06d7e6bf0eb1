// Our resolver over zones that others signed and serve: the root by BIND, a zone with NSEC3 and an unsigned one below it by NSD.

import assert from 'node:assert/strict'
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { isConfigError } from '../../../src/core/failure.ts'
import { HostPlane } from '../../../src/host/plane.ts'
import { resolverConfig } from '../../../src/protocols/resolver/index.ts'
import { trace, type Trace, type TraceResult } from '../../../src/protocols/resolver/trace/index.ts'
import { CLASS, RCODE, typeNumber } from '../../../src/shared/dns/messages.ts'
import { OpenGate, lonelyWorld } from '../../../src/sim/index.ts'
import { newFolder } from '../inside.ts'
import { skipWithoutDaemons } from './resolvers.ts'

const BIND = '127.0.0.1'
const NSD = '127.0.0.62'
const SOA = '1 3600 600 86400 300'
const zones: Readonly<Record<string, string>> = {
  root: `$TTL 300\n. IN SOA a.root. h.root. ${SOA}\n. IN NS a.root.\na.root. IN A ${BIND}\ntest. IN NS ns.test.\nns.test. IN A ${NSD}\n`,
  test: `$TTL 300\n@ IN SOA ns h ${SOA}\n@ IN NS ns\nns IN A ${NSD}\nwww IN A 192.0.2.1\n*.wild IN TXT "w"\nal IN CNAME www
old IN DNAME new\nx.new IN A 192.0.2.2\nplain IN NS ns.plain\nns.plain IN A ${NSD}\n`,
  plain: `$TTL 300\n@ IN SOA ns h ${SOA}\n@ IN NS ns\nns IN A ${NSD}\nwww IN A 192.0.2.3\n`,
}

const NAMED_PROGRAM = '/usr/sbin/named'
const NSD_PROGRAM = '/usr/sbin/nsd'
const skip = skipWithoutDaemons([NAMED_PROGRAM, NSD_PROGRAM], 'dnssec-keygen', 'dnssec-signzone')
const daemons: ChildProcess[] = []
const plane = new HostPlane()
let settings: unknown

async function freePort(): Promise<number> {
  const server = createServer().listen(0, NSD)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return address !== null && typeof address === 'object' ? address.port : 0
}

function sign(folder: string, zone: string, name: string, ...words: readonly string[]): void {
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, [...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const flags of [['-f', 'KSK'], []]) run('dnssec-keygen', '-q', '-a', 'ECDSAP256SHA256', ...flags, zone)
  run('dnssec-signzone', '-S', '-o', zone, '-f', `${name}.signed`, ...words, `${name}.zone`)
}

function start(folder: string, program: string, ...args: readonly string[]): void {
  daemons.push(spawn(program, args, { cwd: folder, stdio: 'ignore' }))
}

before(async () => {
  if (skip !== false) return
  const folder = newFolder()
  const port = await freePort()
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  for (const [name, text] of Object.entries(zones)) write(`${name}.zone`, text)
  sign(folder, 'test', 'test', '-3', 'aabb')
  write('root.zone', `${zones['root']}${readFileSync(join(folder, 'dsset-test.'), 'utf8')}`)
  sign(folder, '.', 'root')
  write(
    'named.conf',
    `options { directory "${folder}"; listen-on port ${port} { ${BIND}; }; listen-on-v6 { none; }; recursion no;
pid-file none; session-keyfile "${folder}/session.key"; dnssec-validation no; }; controls { }; zone "." { type primary; file "root.signed"; };`,
  )
  write(
    'nsd.conf',
    `server:\n  ip-address: ${NSD}@${port}\n  username: ""\n  chroot: ""\n  zonesdir: "${folder}"\n  database: ""\n  pidfile: ""
  xfrdfile: "${folder}/xfrd"\n  xfrdir: "${folder}"\n  zonelistfile: "${folder}/zones"\nremote-control:\n  control-enable: no
zone:\n  name: test\n  zonefile: test.signed\nzone:\n  name: plain.test\n  zonefile: plain.zone\n`,
  )
  start(folder, NAMED_PROGRAM, '-c', 'named.conf', '-n', '1', '-f')
  start(folder, NSD_PROGRAM, '-c', 'nsd.conf', '-d')
  const anchors = readFileSync(join(folder, 'dsset-.'), 'utf8').trim().split('\n')
  settings = { hints: { 'a.root': [BIND] }, 'hints-port': port, 'trust-anchors': anchors }
  for (let tries = 0; tries < 20 && (await ask('www.test', 'A')).rcode !== RCODE.NOERROR; tries += 1);
})

after(async () => {
  for (const daemon of daemons) daemon.kill()
  await plane.stop()
})

function ask(name: string, type: string, changes: object = {}): Promise<TraceResult> {
  const options = resolverConfig.parse({ ...Object(settings), ...changes })
  assert.ok(!isConfigError(options))
  return new Promise((resolve) => {
    let running: Trace | undefined
    const io = plane.serviceIo('trace', ['127.0.0.1'], new OpenGate(), (timer) => running?.woke(timer))
    const question = { name, type: typeNumber(type) ?? 0, class: CLASS.IN }
    running = trace(io, lonelyWorld(['127.0.0.1'], 'trace'), question, options, () => undefined, resolve)
  })
}

for (const [name, type, rcode, secure] of [
  ['www.test', 'A', RCODE.NOERROR, true],
  ['www.test', 'AAAA', RCODE.NOERROR, true],
  ['x.wild.test', 'TXT', RCODE.NOERROR, true],
  ['al.test', 'A', RCODE.NOERROR, true],
  ['x.old.test', 'A', RCODE.NOERROR, true],
  ['nowhere.test', 'A', RCODE.NXDOMAIN, true],
  ['nowhere', 'A', RCODE.NXDOMAIN, true],
  ['www.plain.test', 'A', RCODE.NOERROR, false],
] as const) {
  test(`${name} ${type}`, { skip }, async () => {
    const result = await ask(name, type)
    assert.equal(result.rcode, rcode, result.error?.text)
    assert.equal(result.secure, secure)
  })
}

test('with an anchor of another key nothing validates', { skip }, async () => {
  const other = '. IN DS 12345 13 2 0A1394C17550E67C3C795672B9BE4F28B4CD34C41F32F6DCE8E32BBDBC029587'
  const result = await ask('www.test', 'A', { 'trust-anchors': [other] })
  assert.equal(result.rcode, RCODE.SERVFAIL)
})
