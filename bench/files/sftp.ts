// SFTP with one file of 1 GiB, both ways, by OpenSSH's own client with one cipher for both sides.

import { linkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '../peer.ts'
import { alternate } from '../rounds.ts'
import type { Bench } from '../table.ts'
import { LARGE_BYTES, openPlace, writeLarge } from './places.ts'
import { makeKey, startSshd, startWorld, type SshSide } from './ssh-sides.ts'

const ROUNDS = 5
const SFTP_MAX_MS = 60_000
const FILE = 'large.bin'
const SENT = 'sent.bin'
const CIPHER = 'aes128-gcm@openssh.com'

export async function benchSftp(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const folder = openPlace(stack)
  const large = join(folder, FILE)
  writeLarge(large)
  const key = await makeKey(folder)
  const ours = await startWorld(folder, key, stack)
  const theirs = await startSshd(folder, key, stack)
  for (const { root } of [ours, theirs]) linkSync(large, join(root, FILE))
  await compare(bench, 'download', ours, theirs, (side) => download(folder, side))
  await compare(bench, 'upload', ours, theirs, (side) => upload(folder, side, large))
}

async function compare(
  bench: Bench,
  way: string,
  ours: SshSide,
  theirs: SshSide,
  measure: (side: SshSide) => Promise<number>,
): Promise<void> {
  const work = `SFTP ${way}, 1 GiB, aes128-gcm`
  const sides = { ours: () => measure(ours), theirs: () => measure(theirs) }
  const figures = await alternate(sides, { rounds: ROUNDS, note: bench.note(work) })
  bench.add({
    work,
    beside: 'sshd, sftp-server',
    unit: 'MB/s',
    ours: figures.get('ours') ?? [],
    theirs: figures.get('theirs') ?? [],
    reach: { of: 'ratio', bound: 'at least', limit: 0.7 },
  })
}

function download(folder: string, side: SshSide): Promise<number> {
  return megabytesPerSecond(folder, side, `get ${join(side.path, FILE)} /dev/null`)
}

async function upload(folder: string, side: SshSide, large: string): Promise<number> {
  const figure = await megabytesPerSecond(folder, side, `put ${large} ${join(side.path, SENT)}`)
  const sent = join(side.root, SENT)
  const { size } = statSync(sent)
  if (size !== LARGE_BYTES) throw new Error(`${size} bytes arrived`)
  rmSync(sent)
  return figure
}

/** The login is in it: a few hundredths of a second. */
async function megabytesPerSecond(folder: string, side: SshSide, line: string): Promise<number> {
  const batch = join(folder, 'batch')
  writeFileSync(batch, `${line}\n`)
  const { tookMs } = await runProgram(['sftp', '-q', '-b', batch, ...clientWords(side)], SFTP_MAX_MS)
  return LARGE_BYTES / 1e3 / tookMs
}

function clientWords({ place, user, key }: SshSide): readonly string[] {
  const options = ['IdentitiesOnly=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR']
  const words = ['-F', '/dev/null', '-i', key, '-c', CIPHER, '-P', String(place.port)]
  return [...words, ...options.flatMap((option) => ['-o', option]), `${user}@${place.ip}`]
}
