// What our FTP server and vsftpd answer to the same dialogues: codes, what clients read of texts, files and listings. Where
// they differ, `same-ftp-dialogues.ts` says why; a difference that is gone must go there too.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld } from '../../../src/index.ts'
import { missingRoot, removeAsRoot } from '../mail/rootless.ts'
import { freePort, openFolder, skipWithoutDaemon, startDaemon } from '../mail/same-daemon.ts'
import { compared, linesOf, userOf } from '../mail/same-dialogue.ts'
import type { Place } from '../mail/same-wire.ts'
import { playFtp } from './same-ftp-dialogue.ts'
import { DIALOGUES } from './same-ftp-dialogues.ts'
import { layVsftpd, VSFTPD } from './vsftpd.ts'

const HOST = 'files.harbor.test'
const USERS = Object.keys(DIALOGUES).map(userOf)
const skip = skipWithoutDaemon(VSFTPD, missingRoot)

interface Servers {
  readonly ours: Place
  readonly theirs: Place
  stop(): Promise<void>
}

async function startServers(): Promise<Servers> {
  const users = Object.fromEntries(USERS.map((user) => [`${user}@harbor.test`, user]))
  const services = [{ ftp: { anonymous: false } }]
  const world = await startWorld({ world: { hosts: { [HOST]: { services } }, users } })
  const folder = openFolder()
  const port = await freePort()
  // Lines in ASCII are converted both ways, as the RFC has it; a session that fails to log in stays.
  const lines = ['ascii_download_enable=YES', 'ascii_upload_enable=YES', 'max_login_fails=100']
  const stopDaemon = await startDaemon(layVsftpd({ folder, port, users: USERS, lines }), [port])
  return {
    ours: world.address(HOST, 21),
    theirs: { ip: '127.0.0.1', port },
    stop: async () => {
      await Promise.all([world.stop(), stopDaemon()])
      removeAsRoot(folder)
    },
  }
}

let servers: Servers
if (skip === false) {
  before(async () => {
    servers = await startServers()
  })
  after(() => servers.stop())
}

for (const [dialogue, text] of Object.entries(DIALOGUES)) {
  test(dialogue, { skip }, async () => {
    const lines = linesOf(text)
    const user = userOf(dialogue)
    const ours = await playFtp(servers.ours, user, lines)
    const theirs = await playFtp(servers.theirs, user, lines)
    assert.deepEqual(compared(lines, ours, theirs), [])
  })
}
