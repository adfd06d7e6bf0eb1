// Our resolver asks Unbound and named, by UDP and over TLS; Unbound, BIND and dnsmasq ask ours. Whoever is asked, what is signed is validated,
// and what is broken is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import {
  answeredAll,
  digAll,
  named,
  skipWithoutDaemons,
  NAMED,
  UNBOUND,
  unbound,
  withDaemons,
  type Daemon,
} from './resolvers.ts'

const DNSMASQ = '/usr/sbin/dnsmasq'
const skip = skipWithoutDaemons([NAMED, UNBOUND, DNSMASQ], 'dig')

/** Where a run has the authority of its world. */
const AUTHORITY = '/etc/ssl/certs/portolan-authority.pem'
const CLIENT = '203.0.113.10'
const RESOLVER = '203.0.113.40'

const WORLD = `domains:
  harbor.test: { records: ['*.wild A 192.0.2.77'] }
  broken.test: { dnssec: { broken: signature } }
  plain.test: { dnssec: false }
hosts:
${['harbor', 'broken', 'plain'].map((name) => `  ns.${name}.test: dns\n  www.${name}.test: http\n`).join('')}  resolver: { address: ${RESOLVER}, services: [resolver] }
  viaunbound: { services: [{ resolver: { forward: [{ to: [${CLIENT}], port: 5301, only: true }] } }] }
  vianamed: { services: [{ resolver: { forward: [{ to: [${CLIENT}], port: 5302, only: true }] } }] }
  viatls: { services: [{ resolver: { forward: [{ to: [${RESOLVER}], tls: resolver, only: true }] } }] }
  laptop: { client: true, address: ${CLIENT} }
`

const FORWARDS_TLS = [
  'forward-zone:',
  'name: "."',
  `forward-addr: ${RESOLVER}@853#resolver`,
  'forward-tls-upstream: yes',
]
const dnsmasq: Daemon = {
  ip: '127.0.0.1',
  port: 5306,
  command: `${DNSMASQ} -k -C /dev/null -p 5306 -i lo -z -R -S ${RESOLVER} -u $(id -un) -x dnsmasq.pid --proxy-dnssec`,
  files: {},
}

/** Those whom ours asks: a root of their own is not what they need, so they are given what all are given. */
const OURS_ASKS = [
  unbound({ port: 5301, name: 'asked', lines: [`interface: ${CLIENT}@5301`, 'access-control: 0.0.0.0/0 allow'] }),
  named({
    port: 5302,
    name: 'namedasked',
    lines: [`listen-on port 5302 { any; }`, 'allow-query { any; }', 'allow-recursion { any; }'],
  }),
]
const ASK_OURS = [
  unbound({ port: 5303, name: 'plain', more: ['forward-zone:', 'name: "."', `forward-addr: ${RESOLVER}`] }),
  unbound({ port: 5304, name: 'tls', lines: [`tls-cert-bundle: ${AUTHORITY}`], more: FORWARDS_TLS }),
  named({ port: 5305, name: 'namedasks', lines: ['forward only', `forwarders { ${RESOLVER}; }`] }),
  dnsmasq,
]

/** Whether each validates by itself, or says what it hears. */
const ASKED: Readonly<Record<string, string>> = {
  'ours, by way of Unbound': '@viaunbound',
  'ours, by way of BIND': '@vianamed',
  'ours, by way of ours over TLS': '@viatls',
  'Unbound, by way of ours': '@127.0.0.1 -p 5303',
  'Unbound, by way of ours over TLS': '@127.0.0.1 -p 5304',
  'BIND, by way of ours': '@127.0.0.1 -p 5305',
  'dnsmasq, by way of ours': '@127.0.0.1 -p 5306',
}

const ANSWERS: Readonly<Record<string, string>> = {
  'www.harbor.test A': 'NOERROR ad 192.0.2.2',
  'www.harbor.test LOC': 'NOERROR ad',
  'x.wild.harbor.test A': 'NOERROR ad 192.0.2.77',
  'nowhere.harbor.test A': 'NXDOMAIN ad',
  'www.plain.test A': 'NOERROR 198.18.0.2',
  'plain.test DS': 'NOERROR ad',
  'nowhere.plain.test A': 'NXDOMAIN',
  'www.broken.test A': 'SERVFAIL',
  '-x 192.0.2.2': 'NOERROR ad www.harbor.test.',
}

test('forwarders, both ways', { skip }, async (t) => {
  const { within, files } = withDaemons([...OURS_ASKS, ...ASK_OURS])
  const names = Object.keys(ASKED)
  const steps = Object.values(ASKED).map((at, index) => [`asked-${index}`, digAll('questions', `${at} +dnssec`)])
  const world = await inside<string>(Object.fromEntries(steps), {
    world: WORLD,
    within,
    files: {
      ...files,
      questions: Object.keys(ANSWERS)
        .map((question) => `${question}\n`)
        .join(''),
    },
  })
  for (const [index, name] of names.entries())
    await t.test(name, () => {
      const got = [...answeredAll(world.output(`asked-${index}`))].map(([question, { status, flags, answer }]) => {
        const data = answer.filter((line) => / IN (A|PTR) /.test(line)).map((line) => line.split(' ').at(-1))
        return [question, [status, ...flags.filter((flag) => flag === 'ad'), ...data].join(' ')]
      })
      assert.deepEqual(Object.fromEntries(got), ANSWERS)
    })
})
