// Reads back what the world's nftables refused: `nft -j list set inet portolan refused4` (and refused6).

import { array, number, object, optional, safeParse, string, tuple, union, unknown } from 'valibot'
import type { Address, Transport } from '../../core/address.ts'
import { failure, type Failure } from '../../core/failure.ts'
import type { Verdict } from '../../core/flow.ts'
import { parseIp } from '../address.ts'
import type { Gate } from './gate.ts'
import { AGREED_WITH_ANOTHER } from './agreements.ts'
import { MARK_AGREED, MARK_CLOSED, MARK_DEFAULT, MARK_GROUP, MARK_UNKNOWN_ADDRESS, NFT_TABLE } from './nft-ruleset.ts'

/** One line of the report. `from.port` is 0: attempts from different ports are counted together. */
export interface RefusedFlow {
  readonly verdict: Exclude<Verdict, 'allow'>
  /** Index of the rule; undefined when another reason decided. */
  readonly rule?: number
  readonly reason: 'rule' | 'default' | 'unknown-address' | 'multicast' | 'closed' | 'agreed'
  readonly because: string
  readonly from: Address
  readonly to: Address
  readonly transport: Transport
  /** Packets, retries included. */
  readonly count: number
}

/** Arguments for `nft` whose output `parseNftRecord` reads, one call for each. */
export const NFT_RECORD_QUERIES: readonly (readonly string[])[] = [
  ['-j', 'list', 'set', 'inet', NFT_TABLE, 'refused4'],
  ['-j', 'list', 'set', 'inet', NFT_TABLE, 'refused6'],
]

const element = object({
  elem: object({
    val: object({
      concat: tuple([string(), string(), union([string(), number()]), union([number(), string()]), number()]),
    }),
    counter: optional(object({ packets: number() })),
  }),
})
const listing = object({
  nftables: array(union([object({ set: object({ elem: optional(array(unknown())) }) }), unknown()])),
})

/** What was refused, most packets first. A text that nft did not write is a failure; elements of other shapes are left out. */
export function parseNftRecord(gate: Gate, text: string): readonly RefusedFlow[] | Failure {
  const json = parseJson(text)
  const parsed = safeParse(listing, json)
  if (!parsed.success) return failure('NFT_RECORD', 'nft wrote something else than a list of sets')
  const elements = parsed.output.nftables.flatMap((entry) => elementsOf(entry))
  return elements
    .map((each) => refusedFlow(gate, each))
    .filter((flow) => flow !== undefined)
    .toSorted((a, b) => b.count - a.count)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function elementsOf(entry: unknown): readonly unknown[] {
  const parsed = safeParse(object({ set: object({ elem: array(unknown()) }) }), entry)
  return parsed.success ? parsed.output.set.elem : []
}

function refusedFlow(gate: Gate, input: unknown): RefusedFlow | undefined {
  const parsed = safeParse(element, input)
  if (!parsed.success) return undefined
  const { val, counter } = parsed.output.elem
  const [from, to, transport, port, mark] = val.concat
  const cause = causeOf(gate, mark)
  if (cause === undefined || (transport !== 'tcp' && transport !== 'udp')) return undefined
  return {
    ...cause,
    from: { ip: parseIp(from) ?? from, port: 0 },
    to: { ip: parseIp(to) ?? to, port: Number(port) },
    transport,
    count: counter?.packets ?? 1,
  }
}

type Cause = Pick<RefusedFlow, 'verdict' | 'rule' | 'reason' | 'because'>

function causeOf(gate: Gate, mark: number): Cause | undefined {
  if (mark === MARK_UNKNOWN_ADDRESS) {
    return { verdict: 'reject', reason: 'unknown-address', because: 'no host of the world has this address' }
  }
  if (mark === MARK_GROUP) {
    return { verdict: 'drop', reason: 'multicast', because: 'multicast and broadcast reach nobody here' }
  }
  if (mark === MARK_AGREED) return { verdict: 'reject', reason: 'agreed', because: AGREED_WITH_ANOTHER }
  if (mark === MARK_CLOSED) return { verdict: 'reject', reason: 'closed', because: 'nobody listens there' }
  if (mark === MARK_DEFAULT) return refusing(gate.default.verdict, { reason: 'default', because: gate.default.because })
  const compiled = gate.rules[mark - 1]
  if (compiled === undefined) return undefined
  return refusing(compiled.rule.action, { reason: 'rule', rule: compiled.index, because: compiled.rule.because })
}

function refusing(verdict: Verdict, cause: Omit<Cause, 'verdict'>): Cause | undefined {
  return verdict === 'allow' ? undefined : { verdict, ...cause }
}
