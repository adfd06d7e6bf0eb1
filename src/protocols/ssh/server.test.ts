// Logins and sessions with ssh2's own client, in memory.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { UserView, WorldView } from '../../core/index.ts'
import { derivedHostKeys } from '../../shared/ssh-keys/index.ts'
import { lonelyWorld, serve } from '../../sim/index.ts'
import { ssh } from './index.ts'
import { dial, logIn, run } from './sample-client.ts'

const ADDRESS = '198.51.100.1'
const alice: UserView = { address: 'alice@harbor.test', password: 'secret' }
const hostKeys = derivedHostKeys(new Uint8Array(32), 'host.test')

function world(changes: Partial<WorldView> = {}): WorldView {
  const users = [alice]
  const user = (login: string) => users.find(({ address }) => address === login || address.startsWith(`${login}@`))
  return { ...lonelyWorld([ADDRESS], 'ssh'), hostKeys, users, user, ...changes }
}

async function server(config: unknown = {}, changes: Partial<WorldView> = {}) {
  const served = await serve(ssh, { config, world: world(changes) })
  const io = served.plane.serviceIo('client', ['192.0.2.9'], served.gate, () => undefined)
  return { ...served, connect: () => dial(io, { ip: ADDRESS, port: 22 }) }
}

test('a password logs in, and a scripted command is answered with output, error and exit', async () => {
  const { connect, stop } = await server({
    commands: { 'show version': 'Harbor OS 1.0\n', 'reload *': { error: 'no\n', exit: 3 } },
  })
  const client = await logIn(await connect(), { username: 'alice', password: 'secret' })
  assert.deepEqual(await run(client, 'show version'), {
    output: 'Harbor OS 1.0\n',
    error: '',
    code: 0,
    signal: undefined,
  })
  assert.deepEqual(await run(client, 'reload now'), { output: '', error: 'no\n', code: 3, signal: undefined })
  client.end()
  await stop()
})
