// A world for this folder's tests, its fuzzing and its measurements.

import { emptyNames } from '../../core/empty-names.ts'
import { emptyPost } from '../../core/empty-post.ts'
import { failure } from '../../core/failure.ts'
import type { WorldView } from '../../core/world-view.ts'
import type { LiveZone, ServedZone, Signing } from '../../core/zones.ts'
import { sampleZone } from '../../shared/dnssec/sample-zone.ts'

const NOBODY = { peers: [], keys: [] }

/** A zone that nobody edits, and that is not signed. `lines`: `www.harbor.test 300 A 192.0.2.10`, owners whole. */
export function sampleServed(apex: string, lines: readonly string[]): ServedZone {
  const current = sampleZone(apex, lines.map((line) => line.replace(/^(\S*)/, '$1.')).join('\n'))
  const refused = failure('EROFS', 'a sample')
  const zone: LiveZone = {
    apex,
    current,
    since: () => undefined,
    change: () => Promise.resolve(refused),
    replace: () => Promise.resolve(refused),
    watch: () => () => undefined,
  }
  const nobody = { transfer: NOBODY, update: NOBODY, sources: [], notify: [] }
  return { zone, role: 'primary', ...nobody, signing: undefined, signedBelow: new Map() }
}

/** All of a world's zones signed alike; the root holds the DS records of the others. */
export function signedAlike(served: readonly ServedZone[], signing: Signing): readonly ServedZone[] {
  const below = served.filter(({ zone }) => zone.apex !== '').map(({ zone }) => [zone.apex, signing] as const)
  return served.map((one) => ({ ...one, signing, signedBelow: new Map(one.zone.apex === '' ? below : []) }))
}

const root = sampleServed('', [
  ' 3600 SOA ns.harbor.test. hostmaster.harbor.test. 1 3600 600 86400 60',
  ' 3600 NS ns.harbor.test.',
  'harbor.test 3600 NS ns.harbor.test.',
  'island.test 3600 NS ns.harbor.test.',
  '2.0.192.in-addr.arpa 3600 NS ns.harbor.test.',
  'far.example 3600 NS ns.far.example.',
  'ns.far.example 3600 A 198.51.100.53',
])

const harbor = sampleServed('harbor.test', [
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
  'plain.harbor.test 300 NS ns.harbor.test.',
  'old.harbor.test 300 DNAME www.island.test.',
  '_sip.harbor.test 300 NAPTR 1 2 "s" "SIP+D2U" "" _imaps._tcp.harbor.test.',
  ...Array.from({ length: 20 }, (_, n) => `large.harbor.test 300 TXT "${String(n).padStart(100, '.')}"`),
  ...Array.from({ length: 40 }, (_, n) => `many.harbor.test 300 MX ${n} mx${n}.harbor.test.`),
  ...Array.from({ length: 40 }, (_, n) => `mx${n}.harbor.test 300 A 192.0.2.${n + 100}`),
])

const island = sampleServed('island.test', [
  'island.test 3600 SOA ns.harbor.test. hostmaster.island.test. 1 3600 600 86400 300',
  'island.test 3600 NS ns.harbor.test.',
  'www.island.test 300 A 198.51.100.80',
])

const reverse = sampleServed('2.0.192.in-addr.arpa', [
  '2.0.192.in-addr.arpa 3600 SOA ns.harbor.test. hostmaster.harbor.test. 1 3600 600 86400 300',
  '2.0.192.in-addr.arpa 3600 NS ns.harbor.test.',
  '10.2.0.192.in-addr.arpa 300 PTR www.harbor.test.',
])

const host = { name: 'ns.harbor.test', aliases: [], addresses: ['192.0.2.53', '2001:db8::53'], services: ['dns'] }

/** Its one name server serves the root and all zones. */
export const sampleWorld: WorldView = {
  host,
  hosts: [host],
  ...emptyNames,
  served: [root, harbor, island, reverse],
  root: { servers: [{ name: host.name, addresses: host.addresses }], signing: undefined },
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

/** The same without the root. */
export const rootlessWorld: WorldView = { ...sampleWorld, served: [harbor, island, reverse] }
