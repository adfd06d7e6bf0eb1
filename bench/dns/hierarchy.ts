// A world to resolve: a root, a registry and many domains on servers of their own, half of them signed; and what a resolver is given of it.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '../peer.ts'
import { PORTOLAN, RunningWorld } from '../world.ts'
import { newFolder } from './servers.ts'

export const DOMAINS = 50
export const NAMES_EACH = 400
const ASKED_MAX_MS = 10_000

export interface Hierarchy {
  readonly world: RunningWorld
  /** In the form of a hints file, and its root's name and address. */
  readonly hints: string
  readonly root: readonly [name: string, ip: string]
  /** A DS record. */
  readonly anchor: string
}

/** Every second one is signed. */
export function isSigned(domain: number): boolean {
  return domain % 2 === 1
}

/** All names of the domains for which that holds. */
export function namesIn(holds: (domain: number) => boolean): readonly string[] {
  return Array.from({ length: DOMAINS }, (_, domain) => domain)
    .filter(holds)
    .flatMap((domain) => Array.from({ length: NAMES_EACH }, (_, index) => `host-${index}.${domainOf(domain)}`))
}

function domainOf(domain: number): string {
  return `domain-${domain}.test`
}

/** Starts it. It is the only world that runs for this user. */
export async function startHierarchy(folder: string): Promise<Hierarchy> {
  const own = newFolder(folder, 'hierarchy')
  const file = join(own, 'world.yaml')
  writeFileSync(file, worldIn(own))
  const world = await RunningWorld.up({ file })
  const hints = await told('hints')
  const [, name = '', ip = ''] = /^(\S+)\. \d+ A (\S+)$/m.exec(hints) ?? []
  return { world, hints, root: [name, ip], anchor: (await told('anchor')).trim() }
}

async function told(word: string): Promise<string> {
  return (await runProgram([PORTOLAN, 'dns', word], ASKED_MAX_MS)).output
}

function worldIn(folder: string): string {
  const domains = Array.from({ length: DOMAINS }, (_, domain) => domain)
  for (const domain of domains) writeFileSync(join(folder, `${domainOf(domain)}.zone`), zoneText())
  return [
    'domains:',
    ...domains.map(
      (domain) => `  ${domainOf(domain)}: { zone: ${domainOf(domain)}.zone, dnssec: ${isSigned(domain)} }`,
    ),
    'hosts:',
    ...domains.map((domain) => `  ns.${domainOf(domain)}: { services: [{ dns: { log-queries: false } }] }`),
    '',
  ].join('\n')
}

function zoneText(): string {
  return `$TTL 86400\n@ SOA ns hostmaster 1 3600 600 86400 300\n@ NS ns\n$GENERATE 0-${NAMES_EACH - 1} host-$ A 10.0.0.1\n`
}
