// Answers a second over UDP from a zone of many names: a world beside BIND, NSD and dnsmasq with the same zone file; and, of a signed
// zone, with signatures: ours signed by itself, theirs by dnssec-signzone. All have answered every name before.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missing, runProgram, TemporaryFolder } from '../peer.ts'
import { alternate, type Measure } from '../rounds.ts'
import type { Bench, Reach } from '../table.ts'
import { RunningWorld, type Place } from '../world.ts'
import { hasAddress } from './ask.ts'
import { answersPerSecond, onceThrough, writeQuestions, type Load } from './load.ts'
import { bind, dnsmasq, nsd, run, type Server } from './servers.ts'
import { nameOf, SERVER, worldOf, writeZoneFile, ZONE } from './zone-file.ts'

const NAMES = 100_000
const ROUNDS = 5
const SECONDS = 1
/** Asks all names once, whoever has to sign for each. */
const ALL_MAX_MS = 120_000
const SIGNING_MAX_MS = 120_000
const REACH: Reach = { of: 'ratio', bound: 'at least', limit: 1 }

interface Contest {
  readonly title: string
  readonly folder: string
  readonly file: string
  readonly zoneFile: string
  readonly load: Load
  /** dnsmasq signs nothing. */
  readonly withDnsmasq: boolean
}

export async function benchAuthoritative(bench: Bench): Promise<void> {
  using folder = new TemporaryFolder()
  const questions = join(folder.path, 'questions')
  writeQuestions(
    questions,
    Array.from({ length: NAMES }, (_, index) => nameOf(index)),
  )
  const zoneFile = join(folder.path, 'zone')
  writeZoneFile(zoneFile, NAMES)
  const title = `${NAMES.toLocaleString('en-US')} names`
  const plain = join(folder.path, 'plain.yaml')
  writeFileSync(plain, worldOf(zoneFile, ', dnssec: false'))
  await contend(bench, { title, folder: folder.path, file: plain, zoneFile, load: { questions }, withDnsmasq: true })
  const why = missing({ 'dnssec-keygen': 'bind9-utils', 'dnssec-signzone': 'bind9-utils' })
  if (why !== undefined) return bench.skip(`DNS, ${title}, DO`, why)
  const file = join(folder.path, 'signed.yaml')
  writeFileSync(file, worldOf(zoneFile, ''))
  const signed = await signZone(folder.path, zoneFile)
  const load = { questions, dnssec: true }
  await contend(bench, { title: `${title}, DO`, folder: folder.path, file, zoneFile: signed, load, withDnsmasq: false })
}

async function contend(bench: Bench, contest: Contest): Promise<void> {
  const { title, folder, zoneFile, load } = contest
  await using stack = new AsyncDisposableStack()
  const zones = new Map([[ZONE, zoneFile]])
  const started = async (needs: Record<string, string>, who: string, server: () => Promise<Server>) => {
    const why = missing(needs)
    if (why !== undefined) return bench.skip(`DNS, ${title}, beside ${who}`, why)
    const { place, command } = await server()
    stack.use(await run({ place, command }, (at) => hasAddress(at, nameOf(0))))
    return place
  }
  const world = stack.use(await RunningWorld.up({ file: contest.file }))
  const places = {
    ours: world.at(SERVER, 53, 'udp'),
    one: await started({ named: 'bind9' }, 'BIND', () => bind(folder, zones, 1)),
    two: await started({ named: 'bind9' }, 'BIND', () => bind(folder, zones, 2)),
    nsd: await started({ nsd: 'nsd' }, 'NSD', () => nsd(folder, zoneFile)),
    dnsmasq: contest.withDnsmasq
      ? await started({ dnsmasq: 'dnsmasq-base' }, 'dnsmasq', () => dnsmasq(folder, NAMES))
      : undefined,
  }
  for (const place of Object.values(places)) if (place !== undefined) await onceThrough(place, ALL_MAX_MS, load)
  const figures = await alternate(contenders(places, load), {
    rounds: ROUNDS,
    note: bench.note(`DNS, ${title}`),
  })
  const add = (ours: string, theirs: string, beside: string, reach?: Reach): void => {
    const [mine, their] = [figures.get(ours), figures.get(theirs)]
    if (mine === undefined || their === undefined) return
    const cores = ours === 'ours2' ? ', both cores' : ''
    bench.add({ work: `DNS, ${title}${cores}`, beside, unit: '/s', ours: mine, theirs: their, ...(reach && { reach }) })
  }
  add('ours', 'one', 'BIND -n 1', REACH)
  add('ours', 'nsd', 'NSD, one server')
  add('ours', 'dnsmasq', 'dnsmasq')
  add('ours2', 'two', 'BIND -n 2', REACH)
}

/** Who is asked, in turn; those for both cores by as many threads of dnsperf. */
function contenders(places: Readonly<Record<string, Place | undefined>>, load: Load): Record<string, Measure> {
  const ask = (name: string, threads: number): Record<string, Measure> => {
    const place = places[name]
    const key = name === 'ours' && threads > 1 ? 'ours2' : name
    return place === undefined ? {} : { [key]: () => answersPerSecond(place, SECONDS, { ...load, threads }) }
  }
  return {
    ...ask('ours', 1),
    ...ask('one', 1),
    ...ask('nsd', 1),
    ...ask('dnsmasq', 1),
    ...ask('ours', 2),
    ...ask('two', 2),
  }
}

/** ECDSA P-256 and NSEC, as worlds have them. */
async function signZone(folder: string, zoneFile: string): Promise<string> {
  const key = ['dnssec-keygen', '-q', '-a', 'ECDSAP256SHA256', '-K', folder]
  await runProgram([...key, ZONE], SIGNING_MAX_MS)
  await runProgram([...key, '-f', 'KSK', ZONE], SIGNING_MAX_MS)
  const signed = `${zoneFile}.signed`
  await runProgram(
    ['dnssec-signzone', '-S', '-P', '-K', folder, '-o', ZONE, '-f', signed, zoneFile],
    SIGNING_MAX_MS,
    folder,
  )
  return signed
}
