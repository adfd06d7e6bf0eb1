// scp by both of its protocols, over a host's own files and over one that runs real programs.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { layOddTree, treeDifferences, treeOf } from '../odd-tree.ts'
import { SCP, skipSsh, SSH, sshWorld } from './world.ts'

const PROTOCOLS = { old: '-O', new: '' } as const

for (const [protocol, flag] of Object.entries(PROTOCOLS)) {
  for (const host of ['files.harbor.test', 'dev.harbor.test']) {
    test(`scp, the ${protocol} protocol, ${host}`, { skip: skipSsh('scp') }, async (t) => {
      const scp = `${SCP} ${flag}`
      // The old protocol hands names to a shell.
      const odd = flag === '' ? 'odd name' : 'odd\\ name'
      const world = await inside(
        {
          up: `${scp} big ${host}:`,
          down: `${scp} ${host}:big back && cmp big back`,
          named: `${scp} big '${host}:${odd}' && ${scp} '${host}:${odd}' named && cmp big named`,
          tree: `${scp} -rp odd ${host}:`,
          treeBack: `mkdir got && ${scp} -rp ${host}:odd got/`,
          mode: `chmod 751 plain; touch -d @1000000000 plain; ${scp} -p plain ${host}: && ${SSH} ${host} 'ls -l plain' && ${scp} -p ${host}:plain kept && stat -c '%a %Y' kept`,
          over: `echo longer than before > plain2; ${scp} plain2 ${host}:plain && ${SSH} ${host} cat plain`,
          missing: `${scp} ${host}:nothing .`,
          into: `${scp} big ${host}:no/such/folder`,
          both: `${scp} big plain ${host}:odd/ && ${SSH} ${host} 'ls odd/big odd/plain'`,
          six: `${scp} -6 plain ${host}:six`,
          among: `${SCP} ${flag} -3 ${host}:plain ${host}:third && ${SSH} ${host} cat third`,
        },
        sshWorld({
          site: (folder) => {
            writeFileSync(join(folder, 'big'), randomBytes(3_000_000))
            writeFileSync(join(folder, 'plain'), 'plain\n')
            layOddTree(join(folder, 'odd'), { files: 200, lineEnds: false })
          },
        }),
      )
      await t.test('files and names', () => {
        for (const name of ['up', 'down', 'named', 'both', 'six'] as const) world.output(name)
        assert.equal(world.output('over'), 'longer than before\n')
        assert.equal(world.output('among'), 'longer than before\n')
      })
      await t.test('a tree with times and modes', () => {
        world.output('tree')
        world.output('treeBack')
        const [sent, back] = ['odd', 'got/odd'].map((name) => treeOf(join(world.folder, name), { times: true }))
        assert.ok(sent !== undefined && back !== undefined)
        assert.deepEqual(treeDifferences(sent, back), [])
        const [listed, kept] = world.output('mode').split('\n')
        assert.match(listed ?? '', /^-rwxr-x--x/)
        assert.equal(kept, '751 1000000000')
      })
      await t.test('refusals', () => {
        assert.equal(world.step('missing').code, 1)
        assert.match(world.step('missing').stderr, /nothing.*No such file or directory/)
        assert.notEqual(world.step('into').code, 0)
      })
    })
  }
}
