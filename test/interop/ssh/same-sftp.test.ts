// The same SFTP requests to OpenSSH's sftp-server in a folder and to a host of a world: statuses and their texts, attributes,
// listings, extensions. What may differ stands here with its reason, and fails once it is the same.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside, newFolder } from '../inside.ts'
import { runProgram } from '../portolan.ts'
import { DIALOGUE } from './sftp-dialogue.ts'
import { skipSsh, sshWorld } from './world.ts'

const SFTP_SERVER = '/usr/lib/openssh/sftp-server'
const SESSION = join(import.meta.dirname, 'sftp-session.ts')

const DIFFERENCES: Readonly<Record<string, string>> = {
  'stat of a folder handle': 'a folder that is open can be looked at; sftp-server keeps no descriptor of it',
  limits: 'open handles are bounded by a limit of ours, not by the files of a process',
}

const skip = existsSync(SFTP_SERVER) || process.env['CI'] === 'true' ? skipSsh() : `needs ${SFTP_SERVER}`

test('SFTP as sftp-server speaks it', { skip }, async (t) => {
  const ran = await runProgram(process.execPath, [SESSION, SFTP_SERVER, '-u', '022'], { cwd: newFolder() })
  assert.equal(ran.code, 0, ran.stderr)
  const theirs = JSON.parse(ran.stdout)
  const session = `${process.execPath} ${SESSION} ssh -F ssh_config -s files.harbor.test sftp`
  const world = await inside({ session }, sshWorld())
  const ours = JSON.parse(world.output('session'))

  for (const name of ['init', ...DIALOGUE.map((request) => request.name)]) {
    const why = DIFFERENCES[name]
    await t.test(why === undefined ? name : `${name}: ${why}`, () => {
      if (why === undefined) assert.deepEqual(ours[name], theirs[name])
      else assert.notDeepEqual(ours[name], theirs[name], 'no longer differs')
    })
  }
})
