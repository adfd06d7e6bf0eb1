// A world for this folder's tests, its fuzzing and its measurements.

import { emptyNames } from '../../core/empty-names.ts'
import { emptyPost } from '../../core/empty-post.ts'
import { failure } from '../../core/failure.ts'
import type { NamedRecord, WorldView, Zone } from '../../core/world-view.ts'

function zone(name: string, lines: readonly string[]): Zone {
  return { name, records: lines.map(recordFrom) }
}

/** `www 300 A 192.0.2.10`, owners whole and without the trailing dot. */
function recordFrom(line: string): NamedRecord {
  const [name = '', ttl, type = '', ...data] = line.split(' ')
  return { name, ttlSeconds: Number(ttl), type, data: data.join(' ') }
}

const harbor = zone('harbor.test', [
  'harbor.test 3600 SOA ns.harbor.test. hostmaster.harbor.test. 1 3600 600 86400 300',
  'harbor.test 3600 NS ns.harbor.test.',
  'harbor.test 3600 MX 10 mail.harbor.test.',
  'harbor.test 300 TXT "v=spf1 mx -all"',
  'harbor.test 300 A 192.0.2.10',
  'harbor.test 300 HTTPS 1 . alpn=h2',
  'harbor.test 300 CAA 0 issue "harbor.test"',
  'ns.harbor.test 3600 A 192.0.2.53',
  'ns.harbor.test 3600 AAAA 2001:db8::53',
  'www.harbor.test 300 A 192.0.2.10',
  'www.harbor.test 300 AAAA 2001:db8::10',
  'mail.harbor.test 300 A 192.0.2.25',
  'web.harbor.test 300 CNAME WWW.harbor.test.',
  'abroad.harbor.test 300 CNAME www.island.test.',
  'astray.harbor.test 300 CNAME nowhere.example.',
  'broken.harbor.test 300 CNAME missing.harbor.test.',
  'round.harbor.test 300 CNAME about.harbor.test.',
  'about.harbor.test 300 CNAME round.harbor.test.',
  '_imaps._tcp.harbor.test 300 SRV 0 1 993 mail.harbor.test.',
  'deep.empty.harbor.test 300 A 192.0.2.11',
  '*.wild.harbor.test 300 A 192.0.2.12',
  'only.wild.harbor.test 300 TXT only',
  'sub.harbor.test 300 NS ns.sub.harbor.test.',
  'sub.harbor.test 300 NS ns.harbor.test.',
  'sub.harbor.test 300 DS 1 13 2 00',
  'ns.sub.harbor.test 300 A 192.0.2.54',
  ...Array.from({ length: 20 }, (_, n) => `large.harbor.test 300 TXT "${String(n).padStart(100, '.')}"`),
  ...Array.from({ length: 40 }, (_, n) => `many.harbor.test 300 MX ${n} mx${n}.harbor.test.`),
  ...Array.from({ length: 40 }, (_, n) => `mx${n}.harbor.test 300 A 192.0.2.${n + 100}`),
])

const island = zone('island.test', [
  'island.test 3600 SOA ns.harbor.test. hostmaster.island.test. 1 3600 600 86400 300',
  'island.test 3600 NS ns.harbor.test.',
  'www.island.test 300 A 198.51.100.80',
])

const reverse = zone('2.0.192.in-addr.arpa', [
  '2.0.192.in-addr.arpa 3600 SOA ns.harbor.test. hostmaster.harbor.test. 1 3600 600 86400 300',
  '2.0.192.in-addr.arpa 3600 NS ns.harbor.test.',
  '10.2.0.192.in-addr.arpa 300 PTR www.harbor.test.',
])

const host = { name: 'ns.harbor.test', aliases: [], addresses: ['192.0.2.53', '2001:db8::53'], services: ['dns'] }

export const sampleWorld: WorldView = {
  host,
  hosts: [host],
  ...emptyNames,
  zones: [harbor, island, reverse],
  nameOf: () => undefined,
  unknownName: () => undefined,
  user: () => undefined,
  users: [],
  anyUser: false,
  takesMailFor: () => false,
  secret: new Uint8Array(32),
  post: emptyPost,
  openResolver: (_io, then) => then(failure('ENOTFOUND', 'no resolver here')),
  folder: () => undefined,
  home: () => failure('EROFS', 'no files here'),
  hostKeys: [],
  programs: undefined,
}

/** The same, answering for every name. */
export const openWorld: WorldView = {
  ...sampleWorld,
  unknownName: (name) => (name === 'nowhere.example' ? ['203.0.113.7', '2001:db8:ffff::7'] : ['203.0.113.8']),
  nameOf: (ip) => (ip === '203.0.113.7' || ip === '2001:db8:ffff::7' ? 'nowhere.example' : undefined),
}
