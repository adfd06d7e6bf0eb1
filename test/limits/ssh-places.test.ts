// Where no client of a world on this machine gets: to what else listens here, by streams or ports forwarded, by FTP's PORT or by a
// record that leads there; and out of its folder by the names that SCP sends.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { dirname } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Client } from 'ssh2'
import { startWorld, type RunningWorld, type WorldData } from '../../src/index.ts'
import { greeted } from './ftp.ts'
import { ALICE, begun, HOST, loggedIn, others } from './ssh.ts'

const DATA: WorldData = {
  domains: {
    'harbor.test': { records: ['trap A 127.0.0.1', 'wide A 0.0.0.0', 'six AAAA ::1'] },
  },
  hosts: { [HOST]: { services: ['ssh', 'ftp'] }, 'ns.harbor.test': { services: ['dns'] } },
  users: { [ALICE]: 'alice', 'bob@harbor.test': 'bob' },
}

/** Something else of this machine, and how many have come to it. */
async function outsider(t: TestContext, at: string): Promise<{ readonly port: number; arrived(): number }> {
  let count = 0
  const server: Server = createServer((socket) => {
    count++
    socket.end('secret')
  })
  server.listen({ host: at, port: 0 })
  await once(server, 'listening')
  t.after(() => server.close())
  return { port: (server.address() as AddressInfo).port, arrived: () => count }
}

async function started(t: TestContext): Promise<RunningWorld> {
  const world = await startWorld({ world: DATA })
  t.after(() => world.stop())
  return world
}

function forwardTo(client: Client, name: string, port: number): Promise<string> {
  return new Promise((resolve) =>
    client.forwardOut('127.0.0.1', 1, name, port, (error, channel) => {
      if (error !== undefined) return resolve(error.message)
      let text = ''
      channel.on('data', (piece: Buffer) => (text += piece.toString())).on('close', () => resolve(`open: ${text}`))
    }),
  )
}

for (const at of ['127.0.0.1', '0.0.0.0']) {
  test(`what listens on ${at} of this machine is reached by no forwarded stream`, async (t) => {
    const world = await started(t)
    const { port, arrived } = await outsider(t, at)
    const client = await loggedIn(t, world)
    const own = world.address(HOST, 22).ip
    const names = [
      '127.0.0.1',
      '127.1',
      '127.0.0.2',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '0',
      '0.0.0.0',
      '::',
      '::1',
      '[::1]',
    ]
    const more = [
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      'localhost',
      'LOCALHOST.',
      'localhost.localdomain',
      'trap.harbor.test',
      'wide.harbor.test',
      'six.harbor.test',

      HOST,
      own,
      '',
    ]
    for (const name of [...names, ...more]) {
      const outcome = await forwardTo(client, name, port)
      assert.doesNotMatch(outcome, /^open/, `${name}: ${outcome}`)
    }
    assert.equal(arrived(), 0)
    await others(t, world)
  })
}

test('a port that is forwarded back takes nothing from what listens here, and stands on the host alone', async (t) => {
  const world = await started(t)
  const { port, arrived } = await outsider(t, '127.0.0.1')
  const client = await loggedIn(t, world)
  for (const bind of ['127.0.0.1', '0.0.0.0', '', '*', 'localhost', '::1', '::', '192.0.2.1']) {
    await new Promise((resolve) => client.forwardIn(bind, port, resolve))
    const socket = connect({ host: '127.0.0.1', port })
    await once(socket.resume(), 'end')
    socket.destroy()
    await new Promise((resolve) => client.unforwardIn(bind, port, resolve))
  }
  assert.equal(arrived(), 8)
  await others(t, world)
})

test('ports that were forwarded back are gone with their connection', async (t) => {
  const world = await started(t)
  const client = await loggedIn(t, world)
  const port = await new Promise<number>((resolve, reject) =>
    client.forwardIn('127.0.0.1', 0, (error, chosen) => (error === undefined ? resolve(chosen) : reject(error))),
  )
  const { ip } = world.address(HOST, 22)
  client.destroy()
  for (;;) {
    const socket = connect({ host: ip, port })
    const outcome = await new Promise((resolve) => socket.once('connect', () => resolve('open')).once('error', resolve))
    socket.destroy()
    if (outcome !== 'open') return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
})

test('FTP brings no data to what listens here', async (t) => {
  const world = await started(t)
  const { port, arrived } = await outsider(t, '0.0.0.0')
  const talk = await greeted(t, world, '127.0.0.9')
  await talk.ask('USER alice\r\n', /^331 .*\r\n/)
  await talk.ask('PASS alice\r\n', /^230 .*\r\n/)
  const own = world.address(HOST, 21).ip
  for (const ip of ['127.0.0.1', own, '0.0.0.0', '127.0.0.2']) {
    const words = [...ip.split('.'), port >> 8, port & 255].join(',')
    assert.match(await talk.ask(`PORT ${words}\r\n`), /^500 /)
    assert.match(await talk.ask(`EPRT |1|${ip}|${port}|\r\n`), /^500 /)
  }
  assert.match(await talk.ask(`EPRT |2|::1|${port}|\r\n`), /^5\d\d /)
  assert.match(await talk.ask('LIST\r\n'), /^425 /)
  assert.equal(arrived(), 0)
  assert.equal(world.events().filter(({ kind }) => kind === 'ftp.abuse').length, 1)
})

test('SCP takes no names that lead elsewhere', async (t) => {
  const world = await started(t)
  const home = world.home(HOST, ALICE)
  const names = ['../evil', '/tmp/evil', 'a/evil', '..', '.', '', '../../etc/evil', 'evil\0.txt', '..\\..\\evil/']
  for (const kind of ['C0644', 'D0755']) {
    for (const name of names) {
      const client = await loggedIn(t, world)
      const channel = await begun(client, 'scp -r -t .')
      let heard = ''
      channel.on('data', (piece: Buffer) => (heard += piece.toString('latin1')))
      const closed = once(channel, 'close')
      channel.write(`${kind} ${kind === 'C0644' ? 5 : 0} ${name}\n`)
      await closed
      assert.ok(['\0\x01', '\0\x02'].includes(heard.slice(0, 2)), JSON.stringify([name, heard]))
      client.end()
    }
  }
  assert.deepEqual(readdirSync(home), [])
  assert.ok(!existsSync('/tmp/evil') && !readdirSync(dirname(home)).includes('evil'))
  await others(t, world)
})

test('a target of SCP, however it is written, is within the folder', async (t) => {
  const world = await started(t)
  const home = world.home(HOST, ALICE)
  for (const target of ['../../../../up', '/../up', "'..'/../up"]) {
    const client = await loggedIn(t, world)
    const channel = await begun(client, `scp -t ${target}`)
    channel.resume().write('C0644 2 up\n')
    channel.end('ok\0')
    await once(channel, 'close')
    assert.deepEqual(readdirSync(home), ['up'])
    assert.equal(readFileSync(`${home}/up`, 'utf8'), 'ok')
    client.end()
  }
})
