// What a host has started for those who log in ends with the world, whatever it did to live on.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { skipSsh, SSH, sshWorld } from './world.ts'

const HOST = 'dev.harbor.test'

test('no program outlives the world that ran it', { skip: skipSsh() }, async () => {
  const world = await inside(
    {
      piped: `${SSH} ${HOST} 'trap "" HUP TERM; nohup setsid sh -c "echo \\$\\$ > pid; exec sleep 1000" >/dev/null 2>&1 & until test -s pid; do :; done; cat pid'`,
      terminal: `${SSH} -tt ${HOST} 'nohup setsid sh -c "echo \\$\\$ > pid2; exec sleep 1000" >/dev/null 2>&1 & until test -s pid2; do :; done; cat pid2' </dev/null`,
      nameless: `${SSH} ${HOST} 'env -i /usr/bin/setsid /bin/sh -c "echo \\$\\$ > pid3; exec /bin/sleep 1000" >/dev/null 2>&1 & until test -s pid3; do :; done; cat pid3'`,
    },
    sshWorld(),
  )
  for (const name of ['piped', 'terminal', 'nameless'] as const) {
    const pid = Number.parseInt(world.output(name), 10)
    assert.ok(pid > 1, world.output(name))
    assert.equal(isAlive(pid), false)
  }
})

/** A process that has ended stays a zombie until its parent looks. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}
