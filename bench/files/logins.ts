// Logins a second over SSH: connect, agree on keys, log in by a public key, leave; many at a time, by one client for both sides.

import { join } from 'node:path'
import { runProgram } from '../peer.ts'
import { addRow, figureIn } from '../rounds.ts'
import type { Bench, RowText } from '../table.ts'
import { NODE } from '../world.ts'
import { openPlace } from './places.ts'
import { makeKey, startSshd, startWorld, type SshSide } from './ssh-sides.ts'

const LOGINS = 500
/** At a time: enough for both cores of a small machine, and what one peer may begin at the world. */
const CONNECTIONS = 40
const ROUNDS = 5
const ROW: RowText = { beside: 'sshd', unit: '/s', reach: { of: 'ratio', bound: 'at least', limit: 3 } }
const CLIENT = join(import.meta.dirname, 'login-load.ts')
const CLIENT_MAX_MS = 120_000

export async function benchLogins(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const folder = openPlace(stack)
  const key = await makeKey(folder)
  const ours = await startWorld(folder, key, stack)
  const theirs = await startSshd(folder, key, stack)
  const work = `SSH logins, ${CONNECTIONS} at a time`
  await addRow(bench, { ...ROW, work }, { ours, theirs, rounds: ROUNDS }, loginsPerSecond)
}

async function loginsPerSecond({ place, user, key }: SshSide): Promise<number> {
  const words = [place.ip, String(place.port), user, key, String(LOGINS), String(CONNECTIONS)]
  const { output } = await runProgram([NODE, CLIENT, ...words], CLIENT_MAX_MS)
  return figureIn(output, /([\d.]+) logins\/s/)
}
