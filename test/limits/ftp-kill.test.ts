// A world that is killed in the middle of uploads: nothing half stands under a name, what stood there before does, and after
// a new start nothing of it is left.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { ALICE, CHILD, farSession, HOST, OK, passiveAt, type FarSession } from './ftp.ts'

const WHOLE = Buffer.alloc(3_000_000, 'whole ')

interface Life extends FarSession {
  kill(): Promise<void>
}

/** A world on that state folder, and a session of alice. */
async function life(t: TestContext, folder: string): Promise<Life> {
  const child = spawn(process.execPath, [CHILD, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const session = await farSession(t, child)
  const kill = async (): Promise<void> => {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return { ...session, kill }
}

/** Begins an upload; `bytes` of it are taken when it resolves. */
async function begin(t: TestContext, { at, talk }: Life, name: string, bytes: Uint8Array): Promise<Socket> {
  const data = await passiveAt(t, at, talk)
  await talk.ask(`STOR ${name}\r\n`, /^150 .*\r\n/)
  data.write(bytes)
  const wanted = new RegExp(`^213[ -].*${bytes.length}.*\r\n`)
  while (!wanted.test(await talk.ask('STAT\r\n', /^21[13][ -].*\r\n/)));
  return data
}

test('kill -9 in the middle of uploads, new and over what was there', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-kill-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const home = join(folder, 'files', HOST, ALICE)
  const shown = (): string[] => readdirSync(home).filter((name) => !name.startsWith('.portolan-'))

  const first = await life(t, folder)
  const data = await begin(t, first, 'old', WHOLE)
  data.end()
  await first.talk.until(/^226 .*\r\n/)
  await begin(t, first, 'old', Buffer.alloc(2_000_000, 'half '))
  await first.kill()
  assert.deepEqual(shown(), ['old'])
  assert.ok(readFileSync(join(home, 'old')).equals(WHOLE))

  const second = await life(t, folder)
  await second.talk.ask('SIZE old\r\n', new RegExp(`^213 ${WHOLE.length}\r\n`))
  await begin(t, second, 'new', Buffer.alloc(2_000_000, 'half '))
  await second.kill()
  assert.deepEqual(shown(), ['old'])

  const third = await life(t, folder)
  assert.match(await third.talk.ask('SIZE new\r\n'), /^550 /)
  await third.talk.ask('MKD made\r\n', OK)
  assert.deepEqual(readdirSync(home).toSorted(), ['made', 'old'], 'nothing hidden is left')
  await third.kill()
})
