// Who guesses is shut out for a while, right password or not; who does not is served on.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { skipSsh, SSH, sshWorld } from './world.ts'

const HOST = 'files.harbor.test'
const BOB = `${SSH} -o BatchMode=no -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 -l bob ${HOST}`

test('an address that guesses is shut out, another is not', { skip: skipSsh('sshpass') }, async () => {
  const world = await inside(
    {
      right: `sshpass -p bob ${BOB} whoami`,
      guesses: `for n in 1 2 3; do sshpass -p guess$n ${BOB} whoami; done`,
      shut: `sshpass -p bob ${BOB} whoami`,
      key: `${SSH} ${HOST} whoami`,
      other: `${SSH} -J jump.harbor.test ${HOST} whoami`,
    },
    sshWorld({ settings: 'limits: { failures: 3 }' }),
  )
  assert.equal(world.output('right'), 'bob\n')
  assert.notEqual(world.step('guesses').code, 0)
  assert.notEqual(world.step('shut').code, 0)
  assert.notEqual(world.step('key').code, 0)
  assert.equal(world.output('other'), 'alice\n')
})
