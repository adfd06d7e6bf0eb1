// SFTP with one file of 1 GiB, both ways, by OpenSSH's own client with one cipher for both sides.

import { linkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '../peer.ts'
import { addRow } from '../rounds.ts'
import type { Bench, RowText } from '../table.ts'
import { LARGE_BYTES, openPlace, writeLarge } from './places.ts'
import { makeKey, startSshd, startWorld, type SshSide } from './ssh-sides.ts'

const ROUNDS = 5
const SFTP_MAX_MS = 60_000
const FILE = 'large.bin'
const SENT = 'sent.bin'
const ROW: RowText = {
  beside: 'sshd, sftp-server',
  unit: 'MB/s',
  reach: { of: 'ratio', bound: 'at least', limit: 0.7 },
}
const CIPHER = 'aes128-gcm@openssh.com'

const row = (way: string) => ({ ...ROW, work: `SFTP ${way}, 1 GiB, aes128-gcm` })

export async function benchSftp(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const folder = openPlace(stack)
  const large = join(folder, FILE)
  writeLarge(large)
  const key = await makeKey(folder)
  const ours = await startWorld(folder, key, stack)
  const theirs = await startSshd(folder, key, stack)
  const sides = { ours, theirs, rounds: ROUNDS }
  for (const { root } of [ours, theirs]) linkSync(large, join(root, FILE))
  await addRow(bench, row('download'), sides, (side) => download(folder, side))
  await addRow(bench, row('upload'), sides, (side) => upload(folder, side, large))
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
