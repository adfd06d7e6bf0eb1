// A mirrored tree of 20,000 odd names and sizes: every byte of it compares equal, up and down, by rsync over real programs; a
// smaller one by sftp, which takes many turns for each file, over a host's own files.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { layOddTree, treeDifferences, treeOf } from '../odd-tree.ts'
import { skipSsh, SFTP, SSH, sshWorld } from './world.ts'

const TREE_MAX_MS = 100_000
const STATE = 'state'
const RSYNC = `rsync -a -e '${SSH}'`

const WAYS = {
  rsync: {
    files: 20_000,
    host: 'dev.harbor.test',
    up: `${RSYNC} odd/ dev.harbor.test:odd/`,
    down: `${RSYNC} dev.harbor.test:odd/ back/`,
  },
  sftp: {
    files: 3000,
    host: 'files.harbor.test',
    up: `echo 'put -pR odd' | ${SFTP} -b - files.harbor.test`,
    down: `echo 'get -pR odd back' | ${SFTP} -b - files.harbor.test`,
  },
}

for (const [name, { files, host, up, down }] of Object.entries(WAYS)) {
  test(`${files} odd names by ${name}`, { skip: skipSsh('sftp', 'rsync') }, async () => {
    const world = await inside(
      { up, down },
      sshWorld({
        words: ['--state', STATE],
        timeoutMs: TREE_MAX_MS,
        site: (folder) => layOddTree(join(folder, 'odd'), { files }),
      }),
    )
    world.output('up')
    world.output('down')
    const below = (...path: string[]): ReadonlyMap<string, string> =>
      treeOf(join(world.folder, ...path), { times: true })
    const sent = below('odd')
    assert.deepEqual(treeDifferences(sent, below(STATE, 'files', host, 'alice@harbor.test', 'odd')), [])
    assert.deepEqual(treeDifferences(sent, below('back')), [])
  })
}
