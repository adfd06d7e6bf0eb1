// FTP with 10,000 files of 4 KiB, one after another in one session, both ways. curl and lftp take longer over each file than the
// servers do; the client here is a thin one of sockets alone, which is a quarter of the time beside vsftpd.

import { readFileSync, readdirSync, rmSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '../peer.ts'
import { addRow, figureIn } from '../rounds.ts'
import type { Bench, RowText } from '../table.ts'
import { startVsftpd, startWorld, type FtpSide } from './ftp-sides.ts'
import { openPlace } from './places.ts'

const FILES = 10_000
const FILE_BYTES = 4096
const ROUNDS = 5
const CLIENT = join(import.meta.dirname, 'small-files.py')
const CLIENT_MAX_MS = 120_000
const DOWN = 'down'
const UP = 'up'
const ROW: RowText = { beside: 'vsftpd', unit: '/s', reach: { of: 'ratio', bound: 'at least', limit: 1 } }

const row = (way: string) => ({ ...ROW, work: `FTP ${way}, ${FILES} files of 4 KiB` })

export async function benchSmall(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const folder = openPlace(stack)
  const sides = { ours: await startWorld(folder, stack), theirs: await startVsftpd(folder, stack), rounds: ROUNDS }
  for (const { root } of [sides.ours, sides.theirs]) fill(join(root, DOWN))
  await addRow(bench, row('download'), sides, (side) => filesPerSecond('RETR', DOWN, side))
  await addRow(bench, row('upload'), sides, upload)
}

function fill(folder: string): void {
  mkdirSync(folder)
  for (let number = 0; number < FILES; number++) {
    writeFileSync(join(folder, `f${String(number).padStart(5, '0')}`), Buffer.alloc(FILE_BYTES, number))
  }
}

async function upload(side: FtpSide): Promise<number> {
  const folder = join(side.root, UP)
  const figure = await filesPerSecond('STOR', UP, side)
  const names = readdirSync(folder)
  if (names.length !== FILES) throw new Error(`${names.length} of ${FILES} files are there`)
  const last = readFileSync(join(folder, names.at(-1) ?? ''))
  if (last.length !== FILE_BYTES) throw new Error(`a file has ${last.length} bytes`)
  for (const name of names) rmSync(join(folder, name))
  return figure
}

async function filesPerSecond(command: 'RETR' | 'STOR', folder: string, side: FtpSide): Promise<number> {
  const { place, user, password } = side
  const words = [place.ip, String(place.port), user, password, folder, command, String(FILES)]
  const { output } = await runProgram(['python3', CLIENT, ...words], CLIENT_MAX_MS)
  return figureIn(output, /([\d.]+) files\/s/)
}
