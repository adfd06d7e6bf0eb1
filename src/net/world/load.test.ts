import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isConfigError } from '../../core/failure.ts'
import { FILE_MAX_BYTES } from './limits.ts'
import { formatWorldProblems, loadWorld } from './load.ts'
import type { World } from './model.ts'
import { TOY_SERVICES } from './toy-services.ts'

const load = (text: string) =>
  loadWorld(text, { path: 'portolan.yaml', services: TOY_SERVICES, folderExists: (folder) => folder === './site' })

async function worldOf(text: string): Promise<World> {
  const world = await load(text)
  assert.ok(!isConfigError(world), isConfigError(world) ? formatWorldProblems(world) : '')
  return world
}

async function complaintsOf(text: string): Promise<string> {
  const error = await load(text)
  assert.ok(isConfigError(error))
  return formatWorldProblems(error)
}

const WHOLE = `portolan: 1
name: whole
domains:
  harbor.test:
    records: ['@ TXT "v=spf1 mx -all"']
  island.test: {}
hosts:
  ns.harbor.test: [dns]
  www.harbor.test: { aliases: [Harbor.test], address: 192.0.2.10, services: [http, http: { port: 8080 }] }
  mail.island.test:
  intranet: http
  laptop: { client: true }
users:
  Alice@harbor.test: { password: alice }
  bob@island.test: bob
firewall:
  default: drop
  rules:
    - allow: { from: [laptop, 10.1.2.3/8], to: harbor.test, service: http, port: [80, 8000-8100], because: the web is open }
    - reject: { direction: out, transport: tcp, port: 25, because: no mail leaves }
faults:
  - { host: ns.harbor.test, peer: laptop, port: 53, transport: udp, delay: 100ms, loss: 5% }
  - { throttle: 64KiB/s, stall-after: 10KiB, reset-after: 4KiB, chance: 50%, jitter: 20ms }
ports:
  8081: { name: intranet, description: the inner pages, service: http }
catch-all: true
seed: 7
`

test('a file with every key becomes a world', async () => {
  const { hosts, ...rest } = await worldOf(WHOLE)
  assert.deepEqual(rest, {
    name: 'whole',
    seed: 7,
    domains: [
      {
        name: 'harbor.test',
        records: [{ name: 'harbor.test', type: 'TXT', ttlSeconds: 300, data: '"v=spf1 mx -all"' }],
      },
      { name: 'island.test', records: [] },
    ],
    names: { signed: true, keys: [], failures: [] },
    users: [
      { address: 'alice@harbor.test', password: 'alice' },
      { address: 'bob@island.test', password: 'bob' },
    ],
    firewall: {
      default: 'drop',
      rules: [
        {
          action: 'allow',
          sources: ['laptop', '10.0.0.0/8'],
          hosts: ['www.harbor.test'],
          services: ['http'],
          ports: [
            { from: 80, to: 80 },
            { from: 8000, to: 8100 },
          ],
          because: 'the web is open',
        },
        {
          action: 'reject',
          sources: [],
          hosts: [],
          services: [],
          ports: [{ from: 25, to: 25 }],
          transport: 'tcp',
          direction: 'out',
          because: 'no mail leaves',
        },
      ],
    },
    faults: [
      {
        hosts: ['ns.harbor.test'],
        peers: ['laptop'],
        ports: [{ from: 53, to: 53 }],
        transport: 'udp',
        effect: { delayMs: 100, lossChance: 0.05 },
      },
      {
        hosts: [],
        peers: [],
        ports: [],
        effect: {
          jitterMs: 20,
          throttleBytesPerSecond: 65_536,
          stallAfterBytes: 10_240,
          resetAfterBytes: 4096,
          resetChance: 0.5,
        },
      },
    ],
    ports: [{ port: 8081, name: 'intranet', description: 'the inner pages', service: 'http' }],
    catchAll: true,
    folder: '.',
  })
  const table = hosts.map((host) => [
    host.name,
    host.aliases.join(),
    host.addresses.join(' '),
    host.services.map((one) => one.service).join(),
  ])
  assert.deepEqual(table, [
    ['ns.harbor.test', '', '192.0.2.1 2001:db8:1::1', 'dns'],
    ['www.harbor.test', 'harbor.test', '192.0.2.10 2001:db8:1::2', 'http,http'],
    ['mail.island.test', '', '198.51.100.1 2001:db8:2::1', ''],
    ['intranet', '', '198.18.0.1 2001:db8:3::1', 'http'],
    ['laptop', '', '203.0.113.10 2001:db8::a', ''],
  ])
  assert.deepEqual(hosts[1]?.services[1], {
    service: 'http',
    config: { port: 8080 },
    ports: [{ transport: 'tcp', port: 8080 }],
  })
})

test('three lines make a world, with a domain and a client of its own', async () => {
  const world = await worldOf('hosts:\n  www.shop.test: [http]\n')
  assert.deepEqual(world.domains, [{ name: 'shop.test', records: [] }])
  assert.deepEqual(
    world.hosts.map((host) => [host.name, host.client]),
    [
      ['www.shop.test', false],
      ['laptop', true],
    ],
  )
})

test('an empty file is a world with a client and nothing else', async () => {
  const world = await worldOf('')
  assert.deepEqual(
    [world.name, world.seed, world.domains, world.firewall],
    ['world', 1, [], { default: 'allow', rules: [] }],
  )
})

const EXPECTED = `portolan.yaml:1:11: this portolan reads world files of version 1; got 2
  1 | portolan: 2
    |           ^
portolan.yaml:2:1: unknown key "domians"; did you mean "domains"?
  2 | domians: {}
    | ^^^^^^^
portolan.yaml:6:9: unknown record type "AAA"; did you mean "AAAA"?
  6 |       - www AAA 192.0.2.1
    |         ^^^^^^^^^^^^^^^^^
portolan.yaml:7:9: harbor.test cannot have a CNAME record: a domain itself holds SOA and NS records, and a CNAME stands alone
  7 |       - '@ CNAME www'
    |         ^^^^^^^^^^^^^
portolan.yaml:8:3: "island_test" is no name for a domain: letters, digits and hyphens, joined by dots
  8 |   island_test: {}
    |   ^^^^^^^^^^^
portolan.yaml:10:20: unknown service "dnss"; did you mean "dns"?
  10 |   ns.harbor.test: [dnss]
     |                    ^^^^
portolan.yaml:12:5: unknown key "alises"; did you mean "aliases"?
  12 |     alises: [harbor.test]
     |     ^^^^^^
portolan.yaml:14:17: unknown key "prot"; did you mean "port"?
  14 |       - http: { prot: 8080 }
     |                 ^^^^
portolan.yaml:15:3: "www.habor.test" lies in no domain of this world; did you mean "www.harbor.test"?
  15 |   www.habor.test: []
     |   ^^^^^^^^^^^^^^
portolan.yaml:16:32: 010.1.1.1 is no IP address: expected one such as 192.0.2.10 or 2001:db8::10
  16 |   mail.harbor.test: { address: 010.1.1.1, aliases: [ns.harbor.test] }
     |                                ^^^^^^^^^
portolan.yaml:16:53: ns.harbor.test belongs to the host ns.harbor.test already
  16 |   mail.harbor.test: { address: 010.1.1.1, aliases: [ns.harbor.test] }
     |                                                     ^^^^^^^^^^^^^^
portolan.yaml:18:30: 192.0.2.9 belongs to the host a.harbor.test already
  18 |   b.harbor.test: { address: [192.0.2.9, 127.0.0.1] }
     |                              ^^^^^^^^^
portolan.yaml:18:41: 127.0.0.1 is loopback: every machine takes it for itself
  18 |   b.harbor.test: { address: [192.0.2.9, 127.0.0.1] }
     |                                         ^^^^^^^^^
portolan.yaml:20:3: "alice" is no user: expected an address such as alice@harbor.test
  20 |   alice: { password: alice }
     |   ^^^^^
portolan.yaml:21:32: a password is text: write "1234" in quotes
  21 |   bob@harbor.test: { password: 1234 }
     |                                ^^^^
portolan.yaml:23:12: expected allow or reject or drop; got "alow"; did you mean "allow"?
  23 |   default: alow
     |            ^^^^
portolan.yaml:25:7: missing "because"
  25 |     - reject: { to: mial.harbor.test, port: 70000 }
     |       ^^^^^^
portolan.yaml:25:21: unknown host "mial.harbor.test"; did you mean "mail.harbor.test"?
  25 |     - reject: { to: mial.harbor.test, port: 70000 }
     |                     ^^^^^^^^^^^^^^^^
portolan.yaml:25:45: expected a port (0-65535) or a range such as 8000-8100
  25 |     - reject: { to: mial.harbor.test, port: 70000 }
     |                                             ^^^^^
portolan.yaml:26:7: a rule is exactly one of allow, reject or drop
  26 |     - { allow: { because: x }, drop: { because: x } }
     |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
portolan.yaml:28:36: expected a duration such as 100ms, 2s, 1.5m, 1h or 30d; got 100
  28 |   - { host: ns.harbor.test, delay: 100 }
     |                                    ^^^
portolan.yaml:29:23: reset-after works on tcp only, and this fault is for udp
  29 |   - { transport: udp, reset-after: 1KiB }
     |                       ^^^^^^^^^^^
portolan.yaml:30:5: a fault does something: expected one of delay, delay-in, delay-out, jitter, throttle, stall-after, reset-after, chance, loss, duplicate, reorder
  30 |   - {}
     |     ^^
portolan.yaml:32:36: unknown service "htpt"; did you mean "http"?
  32 |   8081: { name: intranet, service: htpt }
     |                                    ^^^^
portolan.yaml:33:7: expected a number; got "soon"
  33 | seed: soon
     |       ^^^^
25 problems`

test('every problem is told at once, each with its place', async () => {
  const text = `portolan: 2
domians: {}
domains:
  harbor.test:
    records:
      - www AAA 192.0.2.1
      - '@ CNAME www'
  island_test: {}
hosts:
  ns.harbor.test: [dnss]
  www.harbor.test:
    alises: [harbor.test]
    services:
      - http: { prot: 8080 }
  www.habor.test: []
  mail.harbor.test: { address: 010.1.1.1, aliases: [ns.harbor.test] }
  a.harbor.test: { address: 192.0.2.9 }
  b.harbor.test: { address: [192.0.2.9, 127.0.0.1] }
users:
  alice: { password: alice }
  bob@harbor.test: { password: 1234 }
firewall:
  default: alow
  rules:
    - reject: { to: mial.harbor.test, port: 70000 }
    - { allow: { because: x }, drop: { because: x } }
faults:
  - { host: ns.harbor.test, delay: 100 }
  - { transport: udp, reset-after: 1KiB }
  - {}
ports:
  8081: { name: intranet, service: htpt }
seed: soon
`
  assert.equal(await complaintsOf(text), EXPECTED)
})

for (const [title, text, expected] of [
  [
    'text that is no YAML',
    'hosts:\n  a: [dns\n',
    `portolan.yaml:3:1: Flow sequence in block collection must be sufficiently indented and end with a ]
  3 | 
    | ^`,
  ],
  [
    'a key that stands twice',
    'seed: 1\nseed: 2\n',
    `portolan.yaml:2:1: Map keys must be unique
  2 | seed: 2
    | ^`,
  ],
  [
    'a list in place of a world',
    '- http\n',
    `portolan.yaml:1:1: expected a map of keys and values; got a list
  1 | - http
    | ^^^^^^`,
  ],
  [
    'a host that two domains are far from',
    'domains: { harbor.test: }\nhosts: { www.quay.example: }\n',
    `portolan.yaml:2:10: "www.quay.example" lies in no domain of this world; add "quay.example: {}" under domains
  2 | hosts: { www.quay.example: }
    |          ^^^^^^^^^^^^^^^^`,
  ],
  [
    'a rule about no service',
    'firewall: { rules: [{ drop: { service: [smpt, rdp, intranet], because: x } }] }\nports: { 8081: { name: intranet } }\n',
    `portolan.yaml:1:41: unknown service "smpt"; did you mean "smtp"?
  1 | firewall: { rules: [{ drop: { service: [smpt, rdp, intranet], because: x } }] }
    |                                         ^^^^`,
  ],
  [
    'a folder that is not there',
    'hosts:\n  a.b.test: [http: { site: ./site }]\n  c.b.test: [http: { site: ./sight }]\n',
    `portolan.yaml:3:28: there is no folder "./sight"
  3 |   c.b.test: [http: { site: ./sight }]
    |                            ^^^^^^^`,
  ],
  [
    'two services on one port of a host',
    'hosts:\n  a.b.test: [http, dns, smtp, http: { port: 25 }, http]\n  c.b.test: smtp\n',
    `portolan.yaml:2:31: 25/tcp of this host belongs to smtp already
  2 |   a.b.test: [http, dns, smtp, http: { port: 25 }, http]
    |                               ^^^^^^^^^^^^^^^^^^
portolan.yaml:2:51: 80/tcp of this host belongs to http already
  2 |   a.b.test: [http, dns, smtp, http: { port: 25 }, http]
    |                                                   ^^^^
portolan.yaml:2:51: 443/tcp of this host belongs to http already
  2 |   a.b.test: [http, dns, smtp, http: { port: 25 }, http]
    |                                                   ^^^^
3 problems`,
  ],
  [
    'a mistake behind an alias',
    'hosts:\n  a.b.test: &x [dns, nothing]\n  c.b.test: *x\n',
    `portolan.yaml:2:22: unknown service "nothing"; known are dns, resolver, ntp, http, smtp, imap, pop3, ftp, ssh
  2 |   a.b.test: &x [dns, nothing]
    |                      ^^^^^^^
portolan.yaml:2:22: unknown service "nothing"; known are dns, resolver, ntp, http, smtp, imap, pop3, ftp, ssh
  2 |   a.b.test: &x [dns, nothing]
    |                      ^^^^^^^
2 problems`,
  ],
] as const) {
  test(`${title} is told with its place`, async () => assert.equal(await complaintsOf(text), expected))
}

test('a file over the limit is not read', async () => {
  const text = `# ${' '.repeat(FILE_MAX_BYTES)}`
  assert.equal(
    await complaintsOf(text),
    'portolan.yaml:1:1: a world file has at most 1048576 bytes; this one has 1048578',
  )
})

test('a file nested a hundred thousand deep is told so', async () => {
  assert.match(await complaintsOf('['.repeat(100_000)), /^portolan.yaml:1:\d+: nested too deeply\n.*\n.*$/)
})

test('aliases that blow up are refused', async () => {
  const levels = Array.from(
    { length: 8 },
    (_, at) => `a${at + 1}: &a${at + 1} [${Array(10).fill(`*a${at}`).join(', ')}]`,
  )
  assert.match(await complaintsOf(['a0: &a0 x', ...levels].join('\n')), /^portolan.yaml:1:1: Excessive alias count/)
})

test('a thousand rules about hosts that are not there are told, the first ones with suggestions', async () => {
  const hosts = Array.from({ length: 1000 }, (_, at) => `  host${at}.a.test:`)
  const rules = Array.from({ length: 1000 }, (_, at) => `    - drop: { to: hots${at}.a.test, because: x }`)
  const lines = (await complaintsOf(['hosts:', ...hosts, 'firewall:', '  rules:', ...rules].join('\n'))).split('\n')
  assert.equal(lines[0], 'portolan.yaml:1004:19: unknown host "hots0.a.test"; did you mean "host0.a.test"?')
  assert.equal(lines.length, 50 * 3 + 1)
  assert.equal(lines.at(-1), '1000 problems, of which the first 50 are shown')
})

test('no data makes it throw', async () => {
  const keys = fc.constantFrom(
    'hosts',
    'domains',
    'users',
    'firewall',
    'faults',
    'ports',
    'rules',
    'records',
    'services',
    'address',
    'aliases',
    'reject',
    'www.a.test',
    '__proto__',
  )
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      tie('map'),
    ),
    map: fc.dictionary(fc.oneof(keys, fc.string()), tie('value'), { maxKeys: 5 }),
  }))
  await fc.assert(
    fc.asyncProperty(value, async (data) => void (await load(JSON.stringify(data)))),
    { numRuns: 300 },
  )
})

test('a map as a key is a problem of the file, not a warning of the process', async (t) => {
  const warnings: string[] = []
  const warned = (warning: Error) => void warnings.push(warning.message)
  process.on('warning', warned)
  t.after(() => process.off('warning', warned))
  const error = await load('hosts: { { a: b }: http }')
  await new Promise((resolve) => setImmediate(resolve))
  assert.ok(isConfigError(error))
  assert.deepEqual(warnings, [])
})

test('a secret is not shown where it is wrong', async () => {
  const complaint = await complaintsOf('hosts:\n  ns.a.test: dns\ndns:\n  keys: { xfr: { secret: c2hvcnQ= } }\n')
  assert.equal(
    complaint,
    'portolan.yaml:4:26: expected 16 octets at least, in base64\n' +
      '  4 |   keys: { xfr: { secret: ******** } }\n' +
      '    |                          ^^^^^^^^',
  )
})
