// wget and tnftp: a whole site over FTP, by IPv4 and IPv6, and a session as a person types it.

import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { treeDifferences, treeOf } from '../odd-tree.ts'
import { ftpWorld, HOST, layFolders, LOGIN, quoted, SHELF, skipFtp } from './world.ts'

/** Names that wget leaves as they are on its own disk. */
const FILES: Readonly<Record<string, string>> = {
  'index.txt': 'index\n',
  'with space.txt': 'space',
  'deep/er/file.bin': '\0\x01\xff'.repeat(5000),
  'deep/empty': '',
  'deep/-dash': 'dash',
}

function lay(folder: string): void {
  layFolders(folder)
  for (const [name, text] of Object.entries(FILES)) {
    const path = join(folder, 'shelf', name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, text, 'latin1')
  }
  writeFileSync(join(folder, 'up.txt'), 'from here\n')
  writeFileSync(join(folder, 'index-part.txt'), 'ind')
}

const WGET = 'wget -q -T 10 -t 1 -r -l inf -nH --no-remove-listing'

test('wget and tnftp', { skip: skipFtp('wget', 'tnftp') }, async (t) => {
  const typed = ['binary', 'put up.txt', 'get up.txt down.txt', 'mkdir made', 'cd made', 'put up.txt other.txt']
  const more = [
    'rename other.txt "new name"',
    'size "new name"',
    'ls',
    'delete "new name"',
    'cd ..',
    'rmdir made',
    'pwd',
  ]
  const session = (words: string, before: readonly string[] = []): string =>
    `printf '%s\\n' ${[`user ${LOGIN.replace(':', ' ')}`, ...before, ...typed, ...more, 'bye'].map(quoted).join(' ')} | tnftp -n -v ${words}`
  const world = await inside(
    {
      four: `${WGET} -4 -P four ftp://${SHELF}/`,
      six: `${WGET} -6 -P six ftp://${SHELF}/`,
      active: `${WGET} -4 --no-passive-ftp -P active ftp://${SHELF}/`,
      glob: `wget -q -T 10 -t 1 -P globbed 'ftp://${SHELF}/deep/e*'`,
      again: `wget -q -T 10 -t 1 -c -O index-part.txt ftp://${SHELF}/index.txt`,
      secure: `wget -q -T 10 -t 1 --ftps-resume-ssl -P ftps ftps://${SHELF}/index.txt`,
      person: session(`-4 ${HOST}`),
      active6: session(`-6 ${HOST}`, ['passive off']),
      fetches: `tnftp -o fetched.txt ftp://${SHELF}/index.txt`,
      uploads: `tnftp -u ftp://${LOGIN}@${HOST}/uploaded.txt up.txt`,
    },
    { world: ftpWorld(), site: lay },
  )
  const wanted = treeOf(join(world.folder, 'shelf'))

  await t.test('wget takes the whole site, by IPv4 and IPv6, passive and active', () => {
    for (const name of ['four', 'six', 'active'] as const) {
      world.output(name)
      const found = new Map([...treeOf(join(world.folder, name))].filter(([path]) => !path.endsWith('.listing')))
      assert.deepEqual(treeDifferences(wanted, found), [])
    }
  })
  await t.test('wget globs, goes on where it stopped, and takes TLS', () => {
    world.output('glob')
    assert.equal(treeOf(join(world.folder, 'globbed')).get('empty'), wanted.get('deep/empty'))
    world.output('again')
    world.output('secure')
    for (const name of ['index-part.txt', 'ftps/index.txt'])
      assert.equal(treeOf(world.folder).get(name), wanted.get('index.txt'))
  })
  await t.test('tnftp does what a person types', () => {
    for (const name of ['person', 'active6'] as const) {
      const said = world.output(name)
      assert.match(said, /new name/)
      assert.doesNotMatch(said, /^5\d\d /m)
      assert.match(said, /^221 /m)
    }
    assert.equal(treeOf(world.folder).get('down.txt'), treeOf(world.folder).get('up.txt'))
    assert.equal(treeOf(join(world.folder, 'site')).has('made'), false)
  })
  await t.test('tnftp fetches and uploads by address', () => {
    world.output('fetches')
    world.output('uploads')
    assert.equal(treeOf(world.folder).get('fetched.txt'), wanted.get('index.txt'))
    assert.equal(treeOf(world.folder).get('site/uploaded.txt'), treeOf(world.folder).get('up.txt'))
  })
})
