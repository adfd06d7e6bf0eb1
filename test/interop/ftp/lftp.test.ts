// lftp: whole folders both ways, in the clear and under TLS, resumed where it broke off, active and passive.

import assert from 'node:assert/strict'
import { cpSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SeededRandom } from '../../../src/sim/seeded.ts'
import { inside } from '../inside.ts'
import { layOddTree, treeDifferences, treeOf } from '../odd-tree.ts'
import { ftpWorld, HOST, layFolders, lftp, LOGIN, skipFtp } from './world.ts'

const BIG = Buffer.from(new SeededRandom(21).bytes(900_001))
const FILES = 150
/** Under TLS: lftp reads all authorities of the system for each file. */
const TLS_FILES = 30

/** Uploads the first part of a file, then vanishes with both connections. */
const VANISH = `
import ftplib, socket, struct, sys
ftp = ftplib.FTP('${HOST}', 'alice', 'alice')
ftp.voidcmd('TYPE I')
data = ftp.transfercmd('STOR ' + sys.argv[2])
data.sendall(open(sys.argv[1], 'rb').read(400000))
# The server has taken all of it once it counts it.
while b'400000' not in ftp.sendcmd('STAT').encode(): pass
for each in (ftp.sock, data):
    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    each.close()
`

function lay(folder: string): void {
  layFolders(folder)
  layOddTree(join(folder, 'tree'), { files: FILES })
  cpSync(join(folder, 'tree'), join(folder, 'site', 'there'), { recursive: true, preserveTimestamps: true })
  layOddTree(join(folder, 'few'), { files: TLS_FILES })
  cpSync(join(folder, 'few'), join(folder, 'site', 'few'), { recursive: true, preserveTimestamps: true })
  writeFileSync(join(folder, 'big.bin'), BIG)
  writeFileSync(join(folder, 'site', 'big.bin'), BIG)
  writeFileSync(join(folder, 'got.bin'), BIG.subarray(0, 100_000))
  writeFileSync(join(folder, 'vanish.py'), VANISH)
  mkdirSync(join(folder, 'cut'))
  writeFileSync(join(folder, 'cut', 'big.bin'), BIG)
  truncateSync(join(folder, 'cut', 'big.bin'), 500_000)
  for (const name of ['whole', 'lines']) mkdirSync(join(folder, 'site', name))
  for (const name of ['new\nline', 'fine']) writeFileSync(join(folder, 'site', 'lines', name), name)
  writeFileSync(join(folder, 'site', 'whole', 'big.bin'), BIG)
}

test('lftp', { skip: skipFtp('lftp', 'python3') }, async (t) => {
  const odd = 'set file:charset UTF-8; set ftp:charset UTF-8; set ftp:use-mlsd yes'
  const world = await inside(
    {
      down: lftp(`${odd}; mirror there down`),
      downTls: lftp(`${odd}; mirror few down-tls`, { tls: true }),
      up: lftp(`${odd}; mirror -R tree up`),
      upTls: lftp(`${odd}; mirror -R few up-tls`, { tls: true }),
      active: lftp('set ftp:passive-mode no; mirror whole down-active'),
      activeTls: lftp('set ftp:passive-mode no; put big.bin -o active-tls.bin', { tls: true }),
      six: lftp('set dns:order inet6; mirror whole down6; put big.bin -o six.bin'),
      parallel: lftp(`${odd}; mirror -P 4 there down-parallel`),
      segments: lftp('pget -n 4 big.bin -o pieces.bin'),
      implicit: `lftp -c 'set cmd:fail-exit yes; set net:max-retries 1; open -u ${LOGIN.replace(':', ',')} ftps://${HOST}; get big.bin -o implicit.bin; put big.bin -o implicit.bin'`,
      getResume: lftp('get -c big.bin -o got.bin'),
      mirrorResume: lftp('mirror -c whole cut'),
      vanish: 'python3 vanish.py big.bin broken.bin',
      unseen: lftp('cls -1'),
      putResume: lftp('put -c big.bin -o broken.bin'),
      vanishTls: 'python3 vanish.py big.bin broken-tls.bin',
      putResumeTls: lftp('put -c big.bin -o broken-tls.bin', { tls: true }),
      only: lftp(`${odd}; mirror --only-newer there down && echo same`),
      manage: lftp(
        'mkdir -p a/b; put big.bin -o a/b/x; mv a/b/x a/b/y; chmod 600 a/b/y; rm a/b/y; rmdir a/b a; mkdir "q\\"q"; rmdir "q\\"q"; pwd',
      ),
      lines: lftp(`${odd}; mirror lines down-lines`),
      linesListed: lftp('set ftp:use-mlsd no; mirror lines down-listed'),
      wrong: `lftp -c 'set net:max-retries 1; set ftp:ssl-allow no; open -u alice,wrong ftp://${HOST}; cls'`,
    },
    { world: ftpWorld(), site: lay },
  )
  const tree = treeOf(join(world.folder, 'tree'))
  const timed = treeOf(join(world.folder, 'tree'), { times: true })
  const few = treeOf(join(world.folder, 'few'))
  const fewTimed = treeOf(join(world.folder, 'few'), { times: true })
  const same = (name: string, wanted = tree, times = false): void =>
    assert.deepEqual(treeDifferences(wanted, treeOf(join(world.folder, name), { times })), [])
  const fine = (...names: readonly Parameters<typeof world.output>[0][]): void => {
    for (const name of names) world.output(name)
  }
  const whole = treeOf(join(world.folder, 'site', 'whole'))
  const sameBig = (...names: readonly string[]): void => {
    for (const name of names) assert.equal(treeOf(world.folder).get(name), whole.get('big.bin'), name)
  }

  await t.test('mirrors down, times too', () => {
    fine('down', 'downTls', 'parallel')
    for (const name of ['down', 'down-parallel']) same(name, timed, true)
    same('down-tls', fewTimed, true)
    assert.match(world.output('only'), /^same$/m)
  })
  await t.test('mirrors up', () => {
    fine('up', 'upTls')
    same('site/up')
    same('site/up-tls', few)
  })
  await t.test('active, over IPv6, in segments, under implicit TLS', () => {
    fine('active', 'activeTls', 'six', 'segments', 'implicit')
    same('down-active', whole)
    same('down6', whole)
    sameBig('site/active-tls.bin', 'site/six.bin', 'pieces.bin', 'implicit.bin', 'site/implicit.bin')
  })
  await t.test('resumes downloads', () => {
    fine('getResume', 'mirrorResume')
    sameBig('got.bin')
    same('cut', whole)
  })
  await t.test('resumes an upload that broke off, of which nothing was to be seen meanwhile', () => {
    fine('vanish', 'putResume', 'vanishTls', 'putResumeTls')
    assert.doesNotMatch(world.output('unseen'), /broken/)
    sameBig('site/broken.bin', 'site/broken-tls.bin')
  })
  await t.test('makes, moves and removes', () => fine('manage'))
  await t.test('names with a line end are not told by MLSD, and refused where LIST shows them', () => {
    world.output('lines')
    assert.deepEqual([...treeOf(join(world.folder, 'down-lines')).keys()], ['fine'])
    assert.match(world.step('linesListed').stderr, /550 [^]*new\?line/)
    assert.deepEqual([...treeOf(join(world.folder, 'down-listed')).keys()], ['fine'])
  })
  await t.test('a wrong password', () => {
    assert.notEqual(world.step('wrong').code, 0)
    assert.match(world.step('wrong').stderr, /530/)
  })
})
