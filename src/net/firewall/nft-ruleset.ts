// The gate as one nftables script, for the world's network namespace of the private plane. It decides
// flows that clients open towards the world (`in`); what the world's hosts open themselves is decided
// in-process, where it begins. What it refused is read back by nft-record.ts.

import { familyOf } from '../../core/address.ts'
import type { Verdict } from '../../core/flow.ts'
import type { CompiledRule, Gate } from './gate.ts'

export const NFT_TABLE = 'portolan'
/** Refused flows remembered for each family; further ones are refused as well, and counted by their rule only. */
const REFUSED_MAX = 16_384
/** Refused flows are forgotten after this long without another packet. */
const REFUSED_TIMEOUT = '6h'

/** Marks say why a packet was refused: rule index + 1, or one of these. */
export const MARK_AGREED = 0xfffb
export const MARK_CLOSED = 0xfffc
export const MARK_DEFAULT = 0xfffd
export const MARK_UNKNOWN_ADDRESS = 0xfffe
export const MARK_GROUP = 0xffff

/** Elements of each of the sets of what conversations have agreed on. As many as the gate in-process takes. */
const AGREED_MAX = 4096

const FAMILIES = [4, 6] as const

export interface NftOptions {
  /** The world's ends of the clients' links, by name or with `*` at the end: `c*`. */
  readonly clients: readonly string[]
  /** Addresses of the world's own besides its hosts': the gateway's. */
  readonly ownAddresses: readonly string[]
  /** Every address exists, and what nobody listens on goes to these transparent listeners. */
  readonly catchAll?: { readonly tcpPort: number; readonly udpPort: number }
  /** As `catchAll` without listeners: every address exists, and ports that nobody listens on are closed. */
  readonly everyAddress?: boolean
  /** Refuse what nobody listens for here, as the kernel would a step later, so that it is remembered. Needs the module nft_socket. */
  readonly closedPorts?: boolean
}

/**
 * Settings of the world's network namespace (sysctl names) without which refusals are held back: the
 * kernel limits ICMP errors to one a second for each peer (icmp(7)).
 */
export const NFT_SYSCTLS: Readonly<Record<string, string>> = {
  'net.ipv4.icmp_ratelimit': '0',
  'net.ipv6.icmp.ratelimit': '0',
}

/** Text for `nft -f -`: replaces the whole table at once. */
export function nftRuleset(gate: Gate, options: NftOptions): string {
  const inbound = gate.rules.filter(isInbound)
  const lines = [
    `table inet ${NFT_TABLE} {`,
    ...refusedSet('refused4', 'ip'),
    ...refusedSet('refused6', 'ip6'),
    ...knownSets([...gate.world.hosts.flatMap((host) => host.addresses), ...options.ownAddresses]),
    ...FAMILIES.flatMap(agreedSets),
    ...inbound.flatMap(addressSets),
    ...noteChain(),
    ...inbound.flatMap((rule) => refusal(rule.index + 1, rule.rule.action)),
    ...refusal(MARK_DEFAULT, gate.default.verdict),
    ...refusal(MARK_AGREED, 'reject'),
    ...refusalOfAddress(),
    ...gateChain(gate, inbound),
    ...groupChain(options),
    ...catchAllChain(options),
    ...inputChain(options),
    ...closedChain(options),
    `  chain forward {`,
    `    type filter hook forward priority filter; policy drop;`,
    `  }`,
    `}`,
  ]
  return [`table inet ${NFT_TABLE}`, `delete table inet ${NFT_TABLE}`, ...lines, ''].join('\n')
}

function refusedSet(name: string, family: 'ip' | 'ip6'): string[] {
  return [
    `  set ${name} {`,
    `    typeof ${family} saddr . ${family} daddr . meta l4proto . th dport . meta mark`,
    `    flags dynamic,timeout`,
    `    size ${REFUSED_MAX}`,
    `    timeout ${REFUSED_TIMEOUT}`,
    `  }`,
  ]
}

/** Addresses that exist, when not every address does. */
function knownSets(addresses: readonly string[]): string[] {
  return FAMILIES.flatMap((family) => {
    const members = [...new Set(addresses)].filter((ip) => familyOf(ip) === family)
    const elements = members.length === 0 ? [] : [`    elements = { ${members.join(', ')} }`]
    return [`  set known${family} {`, `    type ipv${family}_addr`, ...elements, `  }`]
  })
}

/** Who may come to a port that was agreed on, and which ports those are. Filled by nft-agreed.ts while the world runs. */
function agreedSets(family: 4 | 6): string[] {
  const address = `ipv${family}_addr`
  return [
    `  set agreed${family} {`,
    `    type ${address} . ${address} . inet_service`,
    `    size ${AGREED_MAX}`,
    `  }`,
    `  set data${family} {`,
    `    type ${address} . inet_service`,
    `    size ${AGREED_MAX}`,
    `  }`,
  ]
}

/** Before the rules: the peer passes, and everyone else is refused. */
function agreedRules(family: 4 | 6): string[] {
  const word = family === 4 ? 'ip' : 'ip6'
  return [
    `    ${word} saddr . ${word} daddr . tcp dport @agreed${family} counter accept comment "agreed"`,
    `    ${word} daddr . tcp dport @data${family} counter goto ${refusalName(MARK_AGREED)} comment "agreed with another"`,
  ]
}

function noteChain(): string[] {
  return [`  chain note {`, noteRule('ip', 'ipv4', 'refused4'), noteRule('ip6', 'ipv6', 'refused6'), `  }`]
}

function noteRule(word: 'ip' | 'ip6', family: 'ipv4' | 'ipv6', set: string): string {
  const key = `${word} saddr . ${word} daddr . meta l4proto . th dport . meta mark`
  return `    meta nfproto ${family} meta l4proto { tcp, udp } update @${set} { ${key} counter }`
}

/** The chain that refuses for one reason, in the way of its verdict. None for `allow`. */
function refusal(mark: number, verdict: Verdict): string[] {
  if (verdict === 'allow') return []
  const answer =
    verdict === 'drop'
      ? ['    drop']
      : ['    meta l4proto tcp reject with tcp reset', '    reject with icmpx type port-unreachable']
  return [`  chain ${refusalName(mark)} {`, `    meta mark set ${mark}`, `    jump note`, ...answer, `  }`]
}

/**
 * As a router without a route answers (RFC 1812 §5.2.7.1, RFC 4443 §3.1). UDP is told that it is prohibited, since Linux
 * keeps a missing route from a UDP socket, and its program would wait. Groups get the silence that they get outside.
 */
function refusalOfAddress(): string[] {
  return [
    `  chain ${refusalName(MARK_UNKNOWN_ADDRESS)} {`,
    `    meta mark set ${MARK_UNKNOWN_ADDRESS}`,
    `    jump note`,
    `    meta l4proto udp reject with icmpx type admin-prohibited`,
    `    reject with icmpx type no-route`,
    `  }`,
    ...refusal(MARK_GROUP, 'drop'),
  ]
}

function refusalName(mark: number): string {
  const names = new Map([
    [MARK_AGREED, 'refuse_agreed'],
    [MARK_CLOSED, 'refuse_closed'],
    [MARK_DEFAULT, 'refuse_default'],
    [MARK_UNKNOWN_ADDRESS, 'refuse_unknown_address'],
    [MARK_GROUP, 'refuse_group'],
  ])
  return names.get(mark) ?? `refuse_rule_${mark}`
}

function gateChain(gate: Gate, inbound: readonly CompiledRule[]): string[] {
  const rules = inbound.flatMap((compiled) => {
    const verdict = target(compiled.rule.action, compiled.index + 1)
    return conditions(compiled).map((match) => `    ${match}counter ${verdict} comment "rule ${compiled.index + 1}"`)
  })
  const byDefault = `    counter ${target(gate.default.verdict, MARK_DEFAULT)} comment "default"`
  return [`  chain gate {`, ...FAMILIES.flatMap(agreedRules), ...rules, byDefault, `  }`]
}

function target(verdict: Verdict, mark: number): string {
  return verdict === 'allow' ? 'accept' : `goto ${refusalName(mark)}`
}

function isInbound(compiled: CompiledRule): boolean {
  return compiled.rule.direction !== 'out'
}

/** One match expression for each family and transport that the rule can match; none if it can match nothing. */
function conditions(compiled: CompiledRule): string[] {
  const families = addressConditions(compiled)
  const transports = portConditions(compiled)
  return families.flatMap((addresses) => transports.map((ports) => `${addresses}${ports}`))
}

function addressConditions({ index, sources, hosts }: CompiledRule): string[] {
  if (sources === undefined && hosts === undefined) return ['']
  return FAMILIES.flatMap((family) => {
    if (sources?.members(family).length === 0 || hosts?.members(family).length === 0) return []
    const word = family === 4 ? 'ip' : 'ip6'
    const from = sources === undefined ? '' : `${word} saddr @${setName(index, 'sources', family)} `
    const to = hosts === undefined ? '' : `${word} daddr @${setName(index, 'hosts', family)} `
    return [from + to]
  })
}

/** Named sets, because only those may be told to merge addresses that lie within a range beside them. */
function addressSets({ index, sources, hosts }: CompiledRule): string[] {
  return FAMILIES.flatMap((family) =>
    addressSet(setName(index, 'sources', family), family, sources?.members(family) ?? []).concat(
      addressSet(setName(index, 'hosts', family), family, hosts?.members(family) ?? []),
    ),
  )
}

function addressSet(name: string, family: 4 | 6, members: readonly string[]): string[] {
  if (members.length === 0) return []
  return [
    `  set ${name} {`,
    `    type ipv${family}_addr`,
    `    flags interval`,
    `    auto-merge`,
    `    elements = { ${members.join(', ')} }`,
    `  }`,
  ]
}

function setName(index: number, part: 'sources' | 'hosts', family: 4 | 6): string {
  return `rule_${index + 1}_${part}${family}`
}

function portConditions({ ports, rule }: CompiledRule): string[] {
  const transports = rule.transport === undefined ? (['tcp', 'udp'] as const) : [rule.transport]
  if (ports === undefined) return rule.transport === undefined ? [''] : [`meta l4proto ${rule.transport} `]
  return transports.flatMap((transport) => {
    const own = mergeRanges(ports.filter((match) => match.transport === undefined || match.transport === transport))
    return own.length === 0 ? [] : [`${transport} dport { ${own.join(', ')} } `]
  })
}

/** Overlapping and adjoining ranges joined, since an nft set refuses overlaps: `25`, `100-200`. */
function mergeRanges(ranges: readonly { readonly from: number; readonly to: number }[]): string[] {
  const merged: { from: number; to: number }[] = []
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to)
    else merged.push({ from, to })
  }
  return merged.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`))
}

/** Packets for sockets that exist go their way; the rest reaches the catch-all with its addresses unchanged. */
function catchAllChain(options: NftOptions): string[] {
  if (options.catchAll === undefined) return []
  return [
    `  chain catch_all {`,
    `    type filter hook prerouting priority mangle; policy accept;`,
    `    iifname != ${interfaceSet(options)} accept`,
    `    socket wildcard 0 accept`,
    `    socket wildcard 1 accept`,
    `    meta l4proto tcp tproxy to :${options.catchAll.tcpPort}`,
    `    meta l4proto udp tproxy to :${options.catchAll.udpPort}`,
    `  }`,
  ]
}

/** Multicast and broadcast (RFC 5771, RFC 919, RFC 4291 §2.7). */
const GROUPS4 = 'ip daddr { 224.0.0.0/4, 255.255.255.255 }'
const GROUPS6 = 'ip6 daddr ff00::/8'
/** How IPv6 finds its neighbours and says which groups it listens to (RFC 4861 §4, RFC 3810 §5). */
const NEIGHBOUR_DISCOVERY =
  'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld-listener-report, mld2-listener-report }'

/** Before routing, which would lose packets to groups that nobody joined without a word. */
function groupChain(options: NftOptions): string[] {
  const group = `counter goto ${refusalName(MARK_GROUP)} comment "multicast and broadcast"`
  return [
    `  chain groups {`,
    `    type filter hook prerouting priority raw; policy accept;`,
    `    iifname != ${interfaceSet(options)} accept`,
    `    ${NEIGHBOUR_DISCOVERY} accept`,
    `    ${GROUPS4} ${group}`,
    `    ${GROUPS6} ${group}`,
    `  }`,
  ]
}

function inputChain(options: NftOptions): string[] {
  const every = options.catchAll !== undefined || options.everyAddress === true
  const unknown = `counter goto ${refusalName(MARK_UNKNOWN_ADDRESS)} comment "unknown address"`
  return [
    `  chain input {`,
    `    type filter hook input priority filter; policy accept;`,
    `    iifname != ${interfaceSet(options)} accept`,
    `    ct state established,related accept`,
    `    ct state invalid drop`,
    `    ${NEIGHBOUR_DISCOVERY} accept`,
    ...(every ? [] : [`    meta nfproto ipv4 ip daddr != @known4 ${unknown}`]),
    ...(every ? [] : [`    meta nfproto ipv6 ip6 daddr != @known6 ${unknown}`]),
    `    jump gate`,
    `  }`,
  ]
}

/** After the gate, which may have had a reason of its own. With a catch-all somebody listens everywhere. */
function closedChain(options: NftOptions): string[] {
  if (options.closedPorts !== true || options.catchAll !== undefined) return []
  return [
    ...refusal(MARK_CLOSED, 'reject'),
    `  chain closed {`,
    `    type filter hook input priority filter + 10; policy accept;`,
    `    iifname != ${interfaceSet(options)} accept`,
    `    ct state != new accept`,
    `    socket wildcard 0 accept`,
    `    socket wildcard 1 accept`,
    `    meta l4proto { tcp, udp } counter goto ${refusalName(MARK_CLOSED)} comment "nobody listens"`,
    `  }`,
  ]
}

function interfaceSet(options: NftOptions): string {
  return `{ ${options.clients.map((name) => `"${name}"`).join(', ')} }`
}
