import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultWorld } from '../world/index.ts'
import { TOY_SERVICES } from '../world/toy-services.ts'
import { describePort, formatPort, type HoldersOf } from './describe.ts'
import { loadRegistry } from './registry.ts'
import { WELL_KNOWN_PORTS } from './well-known.ts'

const world = {
  ...defaultWorld(TOY_SERVICES),
  ports: [
    { port: 8081, name: 'intranet', description: 'the inner pages', service: 'http' },
    { port: 25, transport: 'tcp' as const, name: 'gopher', description: '' },
  ],
}
const registry = await loadRegistry(world.ports)
const nobody: HoldersOf = async () => ({ kind: 'holders', holders: [] })
const textOf = async (query: string, holders = nobody) =>
  formatPort(await describePort(query, world, registry, holders))

for (const [query, expected] of [
  [
    '587',
    `port 587
  range          system (0-1023): assigned by IANA with care; opening one needs privileges on most systems
  assigned       tcp: submission (Message Submission), by IANA
                 udp: submission (Message Submission), by IANA
  for            Mail programs hand in mail: STARTTLS first, then a login.
  risk           Stolen passwords are used to send spam. A server must not take logins before TLS.
  see also       25 smtp, 465 submissions
  in this world  nobody serves it
  here and now   no process of this machine holds it`,
  ],
  [
    'HTTPS/tcp',
    `port 443
  range          system (0-1023): assigned by IANA with care; opening one needs privileges on most systems
  assigned       tcp: https (http protocol over TLS/SSL), by IANA
  for            Web pages, encrypted; over UDP as HTTP/3.
  risk           Malware hides among it, because it is open nearly everywhere.
  see also       80 http, 8443 pcsync-https
  in this world  www.harbor.test serves http over tcp with TLS at 192.0.2.2, 2001:db8:1::2
                 www.island.test serves http over tcp with TLS at 198.51.100.2, 2001:db8:2::2
  here and now   no process of this machine holds it`,
  ],
  [
    '40000',
    `port 40000
  range          user (1024-49151): assigned by IANA to whoever asks; any user may open one
  assigned       tcp: safetynetp (SafetyNET p), by IANA
                 udp: safetynetp (SafetyNET p), by IANA
  in this world  nobody serves it
  here and now   no process of this machine holds it`,
  ],
  [
    '65535',
    `port 65535
  range          dynamic (49152-65535): assigned to nobody; systems use them for outgoing connections
  assigned       to nobody
  in this world  nobody serves it
  here and now   no process of this machine holds it`,
  ],
  [
    'intranet',
    `port 8081
  range          user (1024-49151): assigned by IANA to whoever asks; any user may open one
  assigned       tcp: intranet (the inner pages), by this world
                 udp: intranet (the inner pages), by this world
  in this world  nobody serves it
  here and now   no process of this machine holds it`,
  ],
  ['imapz', 'no port is called "imapz"; did you mean "imap"?'],
  ['safetynet', 'no port is called "safetynet"; did you mean "safetynetp"?'],
  ['65536', '65536 is no port: they go from 0 to 65535'],
  ['53/sctp', 'ports belong to tcp or udp, not "sctp"'],
  ['', 'no port is called ""'],
] as const) {
  test(`portolan port ${query}`, async () => assert.equal(await textOf(query), expected))
}

for (const [query, ports] of [
  ['imap', [143]],
  ['dns', [53]],
  ['domain', [53]],
  ['rdp', [3389]],
  ['vpn', [500]],
  ['sftp', [22]],
  ['gopher', [25]],
  ['safetynetp', [40000]],
  ['submission', [587]],
] as const) {
  test(`${query} is ${ports.join()}`, () => assert.deepEqual(registry.portsNamed(query), ports))
}

test("a world's assignment stands over IANA's, for its transport", () => {
  assert.deepEqual(registry.assignmentsOf(25), [
    { transport: 'tcp', name: 'gopher', description: '', from: 'world' },
    { transport: 'udp', name: 'smtp', description: 'Simple Mail Transfer', from: 'iana' },
  ])
})

const holders: HoldersOf = async (port) => ({
  kind: 'holders',
  holders: [
    { transport: 'tcp', ip: '0.0.0.0', port, uid: 0 },
    { transport: 'tcp', ip: '::1', port, uid: 1000, process: { pid: 812, command: 'sshd' } },
    { transport: 'udp', ip: '127.0.0.1', port, uid: 0 },
  ],
})

test('the holders of a port are named, and as JSON they are plain values', async () => {
  assert.equal(
    (await textOf('22/tcp', holders)).split('here and now   ')[1],
    `another user's process (uid 0) on 0.0.0.0, tcp
                 sshd (pid 812) on [::1], tcp`,
  )
  const result = await describePort('22', world, registry, holders)
  assert.deepEqual(JSON.parse(JSON.stringify(result)), result)
})

const blind: HoldersOf = async () => ({
  kind: 'unavailable',
  reason: 'on win32 the holders of ports cannot be read',
})

test('where holders cannot be read, that is said', async () => {
  assert.match(await textOf('22', blind), /here and now {3}on win32 the holders of ports cannot be read$/)
})

test('the table of well-known ports is whole, its ports in order and none twice', () => {
  const ports = WELL_KNOWN_PORTS.map((known) => known.port)
  assert.deepEqual(
    ports,
    [...new Set(ports)].toSorted((a, b) => a - b),
  )
  assert.ok(ports.length > 60)
  for (const known of WELL_KNOWN_PORTS) {
    assert.ok(known.name !== '' && known.transports.length > 0 && /[.]$/.test(known.purpose), known.name)
    assert.ok(known.risk === undefined || /[.]$/.test(known.risk), known.name)
    assert.ok(
      known.related.every((port) => port > 0 && port < 65_536),
      known.name,
    )
  }
})
