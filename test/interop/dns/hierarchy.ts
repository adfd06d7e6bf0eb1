// A hierarchy of names that others sign and others serve: the root by BIND's dnssec-signzone in named, a top-level domain by
// ldns-signzone in NSD, domains by either in either. Each server stands at an address of its own within a run, all on one port.

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NAMED, type Daemon } from './resolvers.ts'

export const NSD = '/usr/sbin/nsd'
export const SIGNERS = ['dnssec-keygen', 'dnssec-signzone', 'ldns-keygen', 'ldns-signzone'] as const
/** Ordinary users have no lower ones. */
export const HIERARCHY_PORT = 5300

/** Addresses of the client that the run is. */
export const SERVERS = {
  root: '203.0.113.50',
  tld: '203.0.113.51',
  bind: '203.0.113.52',
  nsd: '203.0.113.53',
  /** The same as `bind`, for those whose datagrams get lost. */
  deaf: '203.0.113.54',
  /** Nobody listens there. */
  gone: '203.0.113.55',
} as const
type Server = keyof typeof SERVERS

interface Domain {
  readonly servers: readonly Server[]
  /** Those that hold it, where others are said to. */
  readonly held?: readonly Server[]
  /** Not: it is not signed. */
  readonly signed?: 'bind' | 'ldns'
  /** Words for who signs it. */
  readonly words?: readonly string[]
  /** What becomes of the signed zone's text before it is served. */
  readonly change?: (text: string) => string
  readonly records?: string
}

const RECORDS = `www 60 A 192.0.2.10
www 60 AAAA 2001:db8::10
alias 60 CNAME www
abroad 60 CNAME www.hashed.lab.
plainly 60 CNAME www.plain.lab.
*.wild 60 A 192.0.2.11
a.b.c 60 TXT "deep"
old 60 DNAME new
x.new 60 A 192.0.2.12
big 60 TXT ${`"${'x'.repeat(200)}" `.repeat(12)}
`
const UNSIGNED_BELOW = 'below 60 NS ns.below\nns.below 60 A 203.0.113.52\n'

/** dnssec-signzone's way to say when. */
const EXPIRED = ['-s', '20240101000000', '-e', '20240201000000'] as const
const NOT_YET = ['-s', 'now+864000', '-e', 'now+1728000'] as const
const NSEC3 = ['-3', '-', '-H', '0'] as const

const DOMAINS: Readonly<Record<string, Domain>> = {
  'bind.lab': { servers: ['bind'], signed: 'bind' },
  'ldns.lab': { servers: ['nsd'], signed: 'ldns' },
  'hashed.lab': { servers: ['nsd'], signed: 'bind', words: [...NSEC3] },
  'ldnshashed.lab': { servers: ['bind'], signed: 'ldns', words: ['-n', '-t', '3', '-s', 'abcd'] },
  'optout.lab': { servers: ['bind', 'nsd'], signed: 'bind', words: [...NSEC3, '-A'], records: UNSIGNED_BELOW },
  'plain.lab': { servers: ['nsd'] },
  'expired.lab': { servers: ['bind'], signed: 'bind', words: [...EXPIRED] },
  'notyet.lab': { servers: ['nsd'], signed: 'bind', words: [...NOT_YET] },
  'tampered.lab': {
    servers: ['nsd'],
    signed: 'ldns',
    change: (text) => text.replace(/^(www\S*\s+\d+\s+IN\s+A\s+)192\.0\.2\.10$/m, '$1192.0.2.66'),
  },
  'stripped.lab': {
    servers: ['bind'],
    signed: 'ldns',
    change: (text) => text.replaceAll(/^\S+\s+\d+\s+IN\s+RRSIG\s+A\s.*\n/gm, ''),
  },
  'keyless.lab': {
    servers: ['nsd'],
    signed: 'ldns',
    change: (text) => text.replaceAll(/^\S+\s+\d+\s+IN\s+DNSKEY\s.*\n/gm, ''),
  },
  'lame.lab': { servers: ['nsd', 'bind'], held: ['bind'], signed: 'bind' },
  'lost.lab': { servers: ['nsd'], held: [], signed: 'bind' },
  'deaf.lab': { servers: ['deaf'], held: ['bind'], signed: 'bind' },
  'half.lab': { servers: ['gone', 'bind'], held: ['bind'], signed: 'bind' },
  'gone.lab': { servers: ['gone'], held: [], signed: 'bind' },
  'below.optout.lab': { servers: ['bind'] },
}

class Signer {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Writes `ZONE.zone`; its DS records. */
  make(zone: string, text: string, domain: Domain): string {
    const file = zoneFile(zone)
    writeFileSync(join(this.#folder, file), text)
    if (domain.signed === undefined) return ''
    const ds = domain.signed === 'bind' ? this.#byBind(zone, file, domain) : this.#byLdns(zone, file, domain)
    const path = join(this.#folder, file)
    const signed = readFileSync(`${path}.signed`, 'utf8')
    writeFileSync(path, domain.change?.(signed) ?? signed)
    return ds
  }

  #byBind(zone: string, file: string, { words = [] }: Domain): string {
    for (const flags of [[], ['-f', 'KSK']]) this.#run('dnssec-keygen', '-q', '-a', 'ECDSAP256SHA256', ...flags, zone)
    this.#run('dnssec-signzone', '-q', '-S', '-P', '-O', 'full', '-o', zone, ...words, '-f', `${file}.signed`, file)
    return readFileSync(join(this.#folder, `dsset-${zone === '.' ? '' : zone}.`), 'utf8')
  }

  #byLdns(zone: string, file: string, { words = [] }: Domain): string {
    const keys = [[], ['-k']].map((flags) => this.#run('ldns-keygen', '-a', 'ED25519', ...flags, zone).trim())
    this.#run('ldns-signzone', '-o', zone, '-f', `${file}.signed`, ...words, file, ...keys)
    return readFileSync(join(this.#folder, `${keys[1]}.ds`), 'utf8')
  }

  #run(program: string, ...words: readonly string[]): string {
    return execFileSync(program, words, { cwd: this.#folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }
}

function zoneFile(zone: string): string {
  return `${zone === '.' ? 'root' : zone}.zone`
}

/** Runs in the folder of `layZones`. */
export function hierarchyDaemons(): readonly Daemon[] {
  return [
    named('root', [SERVERS.root], ['.']),
    nsd('tld', SERVERS.tld, ['lab']),
    named('bind', [SERVERS.bind, SERVERS.deaf], heldBy('bind')),
    nsd('nsd', SERVERS.nsd, heldBy('nsd')),
  ]
}

function heldBy(server: Server): readonly string[] {
  return Object.entries(DOMAINS)
    .filter(([, { servers, held = servers }]) => held.includes(server))
    .map(([zone]) => zone)
}

/** Writes all zones, signed from the leaves up. DS records of the root, as a world file takes them. */
export function layZones(folder: string): readonly string[] {
  const signer = new Signer(folder)
  const parts = Object.entries(DOMAINS).map(([zone, domain]) => {
    const names = domain.servers.map((server) => `ns-${server}.${zone}.`)
    const glue = domain.servers.map((server) => `ns-${server}.${zone}. 60 IN A ${SERVERS[server]}\n`).join('')
    const ns = names.map((name) => `${zone}. 60 IN NS ${name}\n`).join('')
    const own = `$ORIGIN ${zone}.\n${soa(zone, names[0] ?? '')}${ns}${glue}${RECORDS}${domain.records ?? ''}`
    const ds = signer.make(zone, own, domain)
    return /^\w+\.lab$/.test(zone) ? `${ns}${glue}${ds}` : ''
  })
  const tld = `lab. 60 IN NS ns.lab.\nns.lab. 60 IN A ${SERVERS.tld}\n`
  const ds = signer.make('lab', `$ORIGIN lab.\n${soa('lab', 'ns.lab.')}${tld}${parts.join('')}`, {
    servers: [],
    signed: 'ldns',
  })
  const root = `. 60 IN NS a.root.\na.root. 60 IN A ${SERVERS.root}\n`
  const anchor = signer.make('.', `$ORIGIN .\n${soa('.', 'a.root.')}${root}${tld}${ds}`, {
    servers: [],
    signed: 'bind',
  })
  return anchor
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      line.replace(/(DS \d+ \d+ \d+) (.*)/, (_all, head: string, hex: string) => `${head} ${hex.replaceAll(' ', '')}`),
    )
}

function soa(zone: string, server: string): string {
  return `${zone === '.' ? '.' : `${zone}.`} 60 IN SOA ${server} hostmaster.lab. 1 3600 600 86400 30\n`
}

function named(name: string, ips: readonly string[], zones: readonly string[]): Daemon {
  const options = [
    'directory "."',
    'pid-file none',
    'lock-file none',
    `session-keyfile "${name}.session"`,
    `listen-on port ${HIERARCHY_PORT} { ${ips.map((ip) => `${ip};`).join(' ')} }`,
    'listen-on-v6 { none; }',
    'recursion no',
    'empty-zones-enable no',
    'dnssec-validation no',
    'minimal-responses no',
  ]
  const lines = zones.map((zone) => `zone "${zone}" { type primary; file "${zoneFile(zone)}"; };`)
  const text = `options {\n${options.map((line) => `  ${line};\n`).join('')}};\ncontrols { };\n${lines.join('\n')}\n`
  const file = `named-${name}.conf`
  const [ip = ''] = ips
  return { ip, port: HIERARCHY_PORT, command: `${NAMED} -g -n 1 -c ${file}`, files: { [file]: text } }
}

function nsd(name: string, ip: string, zones: readonly string[]): Daemon {
  const server = [
    'server-count: 1',
    `ip-address: ${ip}@${HIERARCHY_PORT}`,
    'username: ""',
    'chroot: ""',
    'zonesdir: ""',
    'database: ""',
    'pidfile: ""',
    `xfrdfile: "${name}.xfrd"`,
    'xfrdir: "."',
    `zonelistfile: "${name}.zones"`,
  ]
  const lines = zones.map((zone) => `zone:\n  name: "${zone}"\n  zonefile: "${zoneFile(zone)}"\n`)
  const text = `server:\n${server.map((line) => `  ${line}\n`).join('')}remote-control:\n  control-enable: no\n${lines.join('')}`
  const file = `nsd-${name}.conf`
  return { ip, port: HIERARCHY_PORT, command: `${NSD} -d -c ${file}`, files: { [file]: text } }
}
