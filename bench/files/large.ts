// FTP with one file of 1 GiB, both ways, plain and over TLS, by curl. vsftpd sends plain files with sendfile(2), so that there
// curl is the slower side: its time is in both figures.

import { linkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '../peer.ts'
import { addRow, figureIn } from '../rounds.ts'
import type { Bench, RowText } from '../table.ts'
import { startVsftpd, startWorld, type FtpSide } from './ftp-sides.ts'
import { LARGE_BYTES, openPlace, writeLarge } from './places.ts'

const ROUNDS = 5
const CURL_MAX_MS = 60_000
const FILE = 'large.bin'
const ROW: RowText = { beside: 'vsftpd', unit: 'MB/s', reach: { of: 'ratio', bound: 'at least', limit: 1 } }
/** Any certificate will do: the two sides have different authorities. */
const TLS: readonly string[] = ['--ssl-reqd', '--insecure']

export async function benchLarge(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const folder = openPlace(stack)
  const large = join(folder, FILE)
  writeLarge(large)
  const sides = { ours: await startWorld(folder, stack), theirs: await startVsftpd(folder, stack), rounds: ROUNDS }
  for (const { root } of [sides.ours, sides.theirs]) linkSync(large, join(root, FILE))
  for (const [secured, words] of [
    ['plain', []],
    ['TLS', TLS],
  ] as const) {
    const row = (way: string) => ({ ...ROW, work: `FTP ${way}, 1 GiB, ${secured}` })
    await addRow(bench, row('download'), sides, (side) => download(side, words))
    await addRow(bench, row('upload'), sides, (side) => upload(side, large, words))
  }
}

function download(side: FtpSide, words: readonly string[]): Promise<number> {
  return megabytesPerSecond(['--output', '/dev/null', ...words, addressOf(side, FILE), ...loginOf(side)])
}

async function upload(side: FtpSide, large: string, words: readonly string[]): Promise<number> {
  const figure = await megabytesPerSecond([
    '--upload-file',
    large,
    ...words,
    addressOf(side, `up/${FILE}`),
    ...loginOf(side),
  ])
  rmSync(join(side.root, 'up', FILE))
  return figure
}

/** From the first packet to the reply that says it is done. */
async function megabytesPerSecond(words: readonly string[]): Promise<number> {
  const { output } = await runProgram(['curl', '-sS', '-w', 'took %{time_total}s', ...words], CURL_MAX_MS)
  return LARGE_BYTES / 1e6 / figureIn(output, /took ([\d.]+)s/)
}

function addressOf({ place }: FtpSide, path: string): string {
  return `ftp://${place.ip}:${place.port}/${path}`
}

function loginOf({ user, password }: FtpSide): readonly string[] {
  return ['--user', `${user}:${password}`]
}
