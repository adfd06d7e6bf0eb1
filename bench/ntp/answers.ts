// NTP answers a second over UDP on loopback: a world beside chronyd, both with a reference of their own, asked by one load.

import { createSocket } from 'node:dgram'
import { writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { Daemon, freePort, runProgram, TemporaryFolder } from '../peer.ts'
import { addRow, figureIn } from '../rounds.ts'
import type { Bench, RowText } from '../table.ts'
import { NODE, RunningWorld, type Place } from '../world.ts'
import { chronydIn } from './chronyd.ts'

const ROUNDS = 9
const WARM_UPS = 3
const MEASURED_MS = 1000
const LOAD_MAX_MS = 20_000
const ROW: RowText = { beside: 'chronyd', unit: '/s', reach: { of: 'ratio', bound: 'at least', limit: 0.7 } }
const LOAD = join(import.meta.dirname, 'ask.ts')
const HOST = 'time.bench.test'
const WORLD = `domains: { bench.test: {} }\nhosts: { ns.bench.test: dns, ${HOST}: ntp }\n`

export async function benchAnswers(bench: Bench): Promise<void> {
  using folder = new TemporaryFolder()
  await using stack = new AsyncDisposableStack()
  const file = join(folder.path, 'world.yaml')
  writeFileSync(file, WORLD)
  const ours = stack.use(await RunningWorld.up({ file })).at(HOST, 123, 'udp')
  const theirs = await startChronyd(folder.path, stack)
  const sides = { ours, theirs, rounds: ROUNDS, warmUps: WARM_UPS }
  await addRow(bench, { ...ROW, work: 'NTP answers' }, sides, answersPerSecond)
}

async function startChronyd(folder: string, stack: AsyncDisposableStack): Promise<Place> {
  const port = await freePort()
  const place = { ip: '127.0.0.1', port }
  const lines = ['local stratum 1', `port ${port}`, 'bindaddress 127.0.0.1', 'allow 127.0.0.0/8']
  const command = chronydIn(join(folder, 'chronyd'), userInfo().username, lines)
  stack.use(await Daemon.start({ command, ready: () => answersNtp(place) }))
  return place
}

async function answersPerSecond({ ip, port }: Place): Promise<number> {
  const { output } = await runProgram([NODE, LOAD, ip, String(port), String(MEASURED_MS)], LOAD_MAX_MS)
  return figureIn(output, /([\d.]+) answers\/s/)
}

/** Version 4, mode 3 (RFC 5905 §7.3), and nothing else. */
const QUESTION = Uint8Array.of(0x23, ...new Uint8Array(47))
const ANSWER_MAX_MS = 200

function answersNtp({ ip, port }: Place): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const settle = (answered: boolean): void => {
      clearTimeout(timer)
      socket.close()
      resolve(answered)
    }
    const timer = setTimeout(() => settle(false), ANSWER_MAX_MS)
    socket.once('error', () => settle(false))
    socket.once('message', () => settle(true))
    socket.connect(port, ip, () => socket.send(QUESTION))
  })
}
