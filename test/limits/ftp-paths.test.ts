// Ways out of a root, by every command of FTP that takes a path: none leads out, nothing outside is told of, read or changed.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { treeOf } from '../interop/odd-tree.ts'
import { ALICE, fetched, ftpData, HOST, loggedIn, others, passive } from './ftp.ts'
import type { Talk } from './mail.ts'
import { abuse, turnedWorld, type TurnedWorld } from './world.ts'
import type { TestContext } from 'node:test'

const SECRET = 'nobody may read this'
/** What a path is put behind. */
const COMMANDS = [
  'CWD #',
  'SIZE #',
  'MDTM #',
  'MFMT 20010101000000 #',
  'MLST #',
  'STAT #',
  'MKD #/made',
  'MKD #.made',
  'RMD #',
  'DELE #',
  'SITE CHMOD 777 #',
  'SITE UTIME 20010101000000 #',
] as const
const DOWNLOADS = ['RETR #', 'LIST #', 'LIST -a #', 'NLST #', 'MLSD #', 'LIST #/*', 'NLST #*']
const UPLOADS = ['STOR #', 'APPE #', 'STOR #.new', 'STOR #/new']

interface Scene extends TurnedWorld {
  readonly talk: Talk
  readonly home: string
  readonly outside: string
}

/** A home with a file and links out of it, and a folder outside with a secret. */
async function scene(t: TestContext): Promise<Scene> {
  const turned = await turnedWorld(t, ftpData())
  const home = turned.world.home(HOST, ALICE)
  const outside = mkdtempSync(join(tmpdir(), 'portolan-outside-'))
  t.after(() => rmSync(outside, { recursive: true, force: true }))
  mkdirSync(join(outside, 'folder'))
  for (const name of ['secret', 'folder/secret']) writeFileSync(join(outside, name), SECRET)
  writeFileSync(join(home, 'mine'), 'mine')
  symlinkSync(outside, join(home, 'out'))
  symlinkSync(join(outside, 'secret'), join(home, 'out-file'))
  symlinkSync(relative(home, outside), join(home, 'out-relative'))
  symlinkSync('..', join(home, 'up'))
  symlinkSync('out', join(home, 'chain'))
  symlinkSync('/proc/self/root', join(home, 'magic'))
  return { ...turned, talk: await loggedIn(t, turned.world), home, outside }
}

/** Paths that would lead to the folder outside, or to its secret, if they led out. */
function waysOut(home: string, outside: string): readonly string[] {
  const steps = relative(home, outside)
  return [
    outside,
    steps,
    `/${steps}`,
    `mine/${steps}`,
    `./${steps}/./`,
    steps.replaceAll('/', '//'),
    `${'../'.repeat(50)}${outside.slice(1)}`,
    `${steps.replaceAll('..', '...')}`,
    steps.replaceAll('..', '%2e%2e'),
    steps.replaceAll('..', '\xc0\xae\xc0\xae'),
    steps.replaceAll('/', '\\'),
    `file://${outside}`,
    `~/${steps}`,
    'out',
    'out-relative',
    'chain',
    `up/${steps}`,
    `magic${outside}`,
    `/proc/self/root${outside}`,
    `/proc/self/cwd/${steps}`,
  ].flatMap((way) => [way, `${way}/secret`, `${way}/folder`])
}

test('every command, every way: nothing outside is told of, read or changed', async (t) => {
  const { world, talk, home, outside } = await scene(t)
  const before = treeOf(outside)
  for (const way of [...waysOut(home, outside), 'out-file']) {
    for (const command of COMMANDS) {
      const said = await talk.ask(`${command.replace('#', way)}\r\n`, /^\d{3} .*\r\n/m)
      assert.ok(!said.includes('secret') || said.includes(way), `${command} ${way}: ${said}`)
      if (command === 'CWD #' && said.startsWith('250')) await talk.ask('CWD /\r\n', /^250 .*\r\n/)
    }
    await talk.ask(`RNFR ${way}\r\n`)
    await talk.ask('RNTO taken\r\n')
    await talk.ask('RNFR mine\r\n')
    await talk.ask(`RNTO ${way}/mine\r\n`)
    await talk.ask(`RNFR ${way}/mine\r\n`)
    await talk.ask('RNTO mine\r\n')
    assert.deepEqual(treeOf(outside), before, way)
    restore(home, outside)
  }
  assert.deepEqual(
    abuse(world).filter((summary) => summary.includes('broke')),
    [],
  )
  await others(t, world)
})

/** What the commands before took away inside, where they may. */
function restore(home: string, outside: string): void {
  for (const name of ['taken', 'mine', 'out', 'out-file']) rmSync(join(home, name), { recursive: true, force: true })
  writeFileSync(join(home, 'mine'), 'mine')
  symlinkSync(outside, join(home, 'out'))
  symlinkSync(join(outside, 'secret'), join(home, 'out-file'))
}

test('every transfer, every way: nothing comes out, nothing goes in', async (t) => {
  const { world, talk, home, outside } = await scene(t)
  const before = treeOf(outside)
  for (const way of [...waysOut(home, outside), 'out-file']) {
    for (const command of DOWNLOADS) {
      const came = await downloaded(t, world, talk, command.replace('#', way))
      assert.ok(
        !came.includes(SECRET) && !/(?:^| )secret$/m.test(came.replaceAll('\r', '')),
        `${command} ${way}: ${came}`,
      )
    }
    for (const command of UPLOADS) await uploaded(t, world, talk, command.replace('#', way))
    assert.deepEqual(treeOf(outside), before, way)
  }
  assert.equal(await fetched(t, world, talk, 'RETR mine'), 'mine')
})

async function downloaded(t: TestContext, world: Scene['world'], talk: Talk, command: string): Promise<string> {
  const data = await passive(t, world, talk)
  talk.send(`${command}\r\n`)
  if (!(await talk.until()).startsWith('1')) {
    data.destroy()
    return ''
  }
  let came = ''
  data.on('data', (piece: Buffer) => (came += piece.toString('latin1')))
  await talk.until()
  if (!data.readableEnded) await new Promise((resolve) => data.once('end', resolve))
  data.destroy()
  return came
}

async function uploaded(t: TestContext, world: Scene['world'], talk: Talk, command: string): Promise<void> {
  const data = await passive(t, world, talk)
  talk.send(`${command}\r\n`)
  if ((await talk.until()).startsWith('1')) {
    data.end('planted')
    await talk.until()
  }
  data.destroy()
}

test('a link within leads within, an absolute one from the root', async (t) => {
  const { world, talk, home } = await scene(t)
  mkdirSync(join(home, 'inner'))
  writeFileSync(join(home, 'inner', 'file'), 'inner')
  symlinkSync('/inner', join(home, 'absolute'))
  symlinkSync('inner/file', join(home, 'relative'))
  assert.equal(await fetched(t, world, talk, 'RETR absolute/file'), 'inner')
  assert.equal(await fetched(t, world, talk, 'RETR relative'), 'inner')
  await talk.ask('CWD absolute\r\n', /^250 .*\r\n/)
  assert.match(await talk.ask('PWD\r\n'), /^257 "\/inner" /)
  await talk.ask('CWD ../../../..\r\n', /^250 .*\r\n/)
  assert.match(await talk.ask('PWD\r\n'), /^257 "\/" /)
})
