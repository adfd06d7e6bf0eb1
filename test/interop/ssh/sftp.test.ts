// OpenSSH's sftp over a host's own files: both ways and whole trees, resumed, renamed, linked, and what there is room for.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { layOddTree, treeDifferences, treeOf } from '../odd-tree.ts'
import { SFTP, skipSsh, sshWorld } from './world.ts'

const HOST = 'files.harbor.test'

/** Shell that runs these lines as one batch. */
function batch(...lines: readonly string[]): string {
  return `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} | ${SFTP} -b - ${HOST}`
}

test('sftp', { skip: skipSsh('sftp') }, async (t) => {
  const world = await inside(
    {
      put: batch('put big', 'put -p plain', 'ls -l'),
      get: batch('get big back', 'get -p plain kept'),
      same: 'cmp big back && cmp plain kept && stat -c "%Y %a" plain kept',
      partGet: `head -c 1000000 big > part && ${batch('reget big part')} && cmp big part`,
      partPut: `head -c 1000000 big > start && ${batch('put start big2')} && ${batch('reput big big2', 'get big2 whole')} && cmp big whole`,
      appends: `${batch('put plain joined', 'get joined')} && cmp plain joined`,
      putTree: batch('put -pR odd'),
      getTree: batch('get -pR odd tree'),
      names: batch('mkdir d', 'put plain d/a', 'rename d/a d/b', 'put plain d/c', 'rename d/c d/b', 'ls -1 d'),
      links: batch('ln -s b d/link', 'ln d/b d/hard', 'ls -l d', 'get d/link linked', 'ln -s /d top', 'ls -1 top'),
      modes: batch('chmod 600 d/b', 'ls -l d/b', 'chmod 755 d', 'ls -la d'),
      room: batch('df -h', 'df'),
      removes: batch('rm d/hard', 'rm d/link', 'rm d/b', 'rmdir d', 'ls -1'),
      missing: batch('get nothing'),
      notEmpty: batch('mkdir e', 'put plain e/f', 'rmdir e'),
      outside: batch('cd ../../../..', 'pwd', 'get ../../etc/hostname'),
      linkOut: batch('ln -s /etc out', 'get out/hostname'),
      six: `printf '%s\\n' 'pwd' | ${SFTP} -6 -b - ${HOST}`,
      copies: batch('cp big copied', 'get copied') + ' && cmp big copied',
      window: `printf '%s\\n' 'get big thin' | ${SFTP} -B 1000 -R 200 -b - ${HOST} && cmp big thin`,
      huge: `printf '%s\\n' 'put big wide' 'get wide thick' | ${SFTP} -B 261120 -R 64 -b - ${HOST} && cmp big thick`,
    },
    sshWorld({
      site: (folder) => {
        writeFileSync(join(folder, 'big'), randomBytes(5_000_000))
        writeFileSync(join(folder, 'plain'), 'plain\n', { mode: 0o640 })
        layOddTree(join(folder, 'odd'), { files: 300, lineEnds: false })
      },
    }),
  )

  await t.test('there and back, with times and modes', () => {
    assert.match(world.output('put'), /-rw-r-----.* 6 .* plain\n/)
    world.output('get')
    const [plain, kept] = world.output('same').trim().split('\n')
    assert.equal(kept, plain)
  })
  await t.test('resumed both ways', () => {
    world.output('partGet')
    world.output('partPut')
    world.output('appends')
  })
  await t.test('a tree of odd names', () => {
    world.output('putTree')
    world.output('getTree')
    const [sent, back] = ['odd', 'tree'].map((name) => treeOf(join(world.folder, name), { times: true }))
    assert.ok(sent !== undefined && back !== undefined)
    assert.deepEqual(treeDifferences(sent, back), [])
  })
  await t.test('names, links and modes', () => {
    assert.match(world.output('names'), /\nd\/b\n$/)
    assert.match(world.output('links'), /lrwxrwxrwx.* d\/link/)
    assert.match(world.output('links'), /-rw-r-----.* d\/hard\n/)
    assert.equal(readFileSync(join(world.folder, 'linked'), 'utf8'), 'plain\n')
    assert.match(world.output('modes'), /-rw------- .* d\/b\n/)
  })
  await t.test('the room that is left is the quota’s', () => {
    assert.match(world.output('room'), /1\.0Gi?B?/)
  })
  await t.test('what is removed is gone, and refusals say why', () => {
    assert.doesNotMatch(world.output('removes'), /^d$/m)
    assert.match(world.step('missing').stderr, /not found/)
    assert.match(world.step('notEmpty').stderr, /Failure|not empty/)
  })
  await t.test('no way leads out', () => {
    assert.match(world.step('outside').stdout, /Remote working directory: \/\n/)
    assert.notEqual(world.step('outside').code, 0)
    assert.notEqual(world.step('linkOut').code, 0)
  })
  await t.test('small and large requests, IPv6, and copies made on the host', () => {
    world.output('six')
    world.output('copies')
    world.output('window')
    world.output('huge')
  })
})
