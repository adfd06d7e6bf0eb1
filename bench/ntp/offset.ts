// How far off chronyd finds a server that has the very same clock: what the stamps and the way of the packets add. A world and its client
// as `portolan run` makes them, beside chronyd in two namespaces that are joined by a veth pair just so. The client follows neither
// (`noselect`), so that no offset is taken into its own clock and gone from the next measurement.

import { readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { runProgram, TemporaryFolder } from '../peer.ts'
import { addRow } from '../rounds.ts'
import { median, type Bench, type RowText } from '../table.ts'
import { PORTOLAN } from '../world.ts'
import { chronydIn } from './chronyd.ts'

const ROUNDS = 5
const MEASUREMENTS = 200
/** Far more than it takes: 64 a second are asked for. */
const CLIENT_MAX_SECONDS = 20
const RUN_MAX_MS = 30_000
const MICROSECONDS = 1e6
/** The twelfth word of a line of measurements.log (chrony.conf(5)). */
const OFFSET_WORD = 11
const ROW: RowText = { beside: 'chronyd', unit: 'µs', reach: { of: 'ratio', bound: 'at most', limit: 2 } }
const WORLD = `domains: { bench.test: {} }\nhosts: { ns.bench.test: dns, time.bench.test: { address: 192.0.2.1, services: [ntp] } }\n`

/** Runs in the folder, and leaves the client's measurements in `client/`. */
type Side = (folder: string) => readonly string[]

export async function benchOffset(bench: Bench): Promise<void> {
  const work = `|offset| that chronyd finds over veth, median of ${MEASUREMENTS}`
  await addRow(bench, { ...ROW, work }, { ours, theirs, rounds: ROUNDS, warmUps: 0 }, offsetMicroseconds)
}

async function offsetMicroseconds(side: Side): Promise<number> {
  using folder = new TemporaryFolder()
  await runProgram(side(folder.path), RUN_MAX_MS, folder.path)
  const lines = readFileSync(join(folder.path, 'client/measurements.log'), 'latin1').split('\n')
  const offsets = lines.filter((line) => /^\d/.test(line)).map((line) => Number(line.split(/ +/)[OFFSET_WORD]))
  if (offsets.length < MEASUREMENTS) throw new Error(`${offsets.length} measurements are too few`)
  return median(offsets.slice(-MEASUREMENTS).map(Math.abs)) * MICROSECONDS
}

function ours(folder: string): readonly string[] {
  const file = join(folder, 'world.yaml')
  writeFileSync(file, WORLD)
  return [PORTOLAN, 'run', '--report', 'none', '--world', file, '--', 'sh', '-c', client(folder, userInfo().username)]
}

function theirs(folder: string): readonly string[] {
  const server = chronydIn(join(folder, 'server'), 'root', ['local stratum 1', 'allow 192.0.2.0/24']).join(' ')
  const script = [
    'ip link set lo up',
    'mkfifo made',
    `unshare -n sh -c 'echo made >made; exec sleep 60' & client=$!`,
    'read -r _ <made',
    'ip link add c1 type veth peer name eth0 netns $client',
    'ip addr add 192.0.2.1/24 dev c1 && ip link set c1 up',
    `${server} >/dev/null 2>&1 & server=$!`,
    `nsenter -t $client -n sh -c 'ip link set lo up; ip addr add 192.0.2.2/24 dev eth0; ip link set eth0 up'`,
    `nsenter -t $client -n sh -c '${client(folder, 'root')}'; code=$?`,
    'kill $server $client; wait; exit $code',
  ]
  return ['unshare', '-Urn', 'sh', '-c', script.join('\n')]
}

/** Lines of shell, without quotes: chronyd until it has measured enough, or for as long as it may. */
function client(folder: string, user: string): string {
  const lines = ['server 192.0.2.1 minpoll -6 maxpoll -6 noselect', `logdir ${folder}/client`, 'log measurements']
  const command = chronydIn(join(folder, 'client'), user, lines).join(' ')
  return [
    `timeout ${CLIENT_MAX_SECONDS} ${command} >/dev/null 2>&1 & daemon=$!`,
    'while kill -0 $daemon 2>/dev/null; do',
    `if test $(cat ${folder}/client/measurements.log 2>/dev/null | grep -c ^2) -ge ${MEASUREMENTS}; then kill $daemon; wait; fi`,
    'sleep 0.1; done',
  ].join('\n')
}
