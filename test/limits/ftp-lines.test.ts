// FTP's control connection with what no client says: lines without end, names with NUL and CR, floods of commands and of ports.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { fetched, ftpData, greeted, loggedIn, OK, others, passive, stored } from './ftp.ts'
import { abuse, bytesInUse, turnedWorld } from './world.ts'

const LINE_MAX_BYTES = 4608
const MIB = 1024 * 1024
const FLOOD = 20_000
/** Of one connection, whatever is said on it, and the test's own pieces that are on their way. */
const CONNECTION_MAX_BYTES = 3 * MIB

test('a line that is too long is dropped, however long, and the next one obeyed', async (t) => {
  const { world } = await turnedWorld(t, ftpData())
  const talk = await loggedIn(t, world)
  const most = LINE_MAX_BYTES - 'CWD \r\n'.length
  assert.match(await talk.ask(`CWD ${'x'.repeat(most)}\r\n`), /^550 /)
  assert.match(await talk.ask(`CWD ${'x'.repeat(most + 1)}\r\n`), /^500 .*too long/)
  assert.match(await talk.ask(`${'\r'.repeat(5000)}\n`), /^500 /)
  await talk.ask('NOOP\r\n', OK)
  const before = bytesInUse()
  for (let sent = 0; sent < 32; sent++) await talk.sent(Buffer.alloc(MIB, 'x'))
  const more = bytesInUse() - before
  assert.ok(more < CONNECTION_MAX_BYTES, `${more} bytes`)
  assert.match(await talk.ask('\r\n'), /^500 .*too long/)
  await talk.ask('NOOP\r\n', OK)
  await others(t, world)
})

test('twenty thousand commands at once are answered in order', async (t) => {
  const { world } = await turnedWorld(t, ftpData())
  const talk = await loggedIn(t, world)
  const codes: string[] = []
  const flood = Array.from({ length: FLOOD }, (_, at) => (at % 2 === 0 ? 'NOOP\r\n' : 'SIZE none\r\n')).join('')
  talk.send(flood)
  while (codes.length < FLOOD) codes.push((await talk.until()).slice(0, 3))
  assert.ok(codes.every((code, at) => code === (at % 2 === 0 ? '200' : '550')))
})

test('who asks without end and reads nothing costs no more than what is on its way', async (t) => {
  const { world } = await turnedWorld(t, ftpData())
  const talk = await loggedIn(t, world)
  talk.pause()
  const before = bytesInUse()
  const flood = Buffer.from('HELP\r\n'.repeat(FLOOD))
  for (let round = 0; round < 20; round++) void talk.sent(flood)
  await others(t, world)
  await others(t, world)
  assert.ok(bytesInUse() - before < 20 * flood.length + CONNECTION_MAX_BYTES)
})

test('one command after the other that nobody can obey: the connection closes', async (t) => {
  const { world } = await turnedWorld(t, ftpData())
  const talk = await loggedIn(t, world)
  talk.send('BOGUS\r\n'.repeat(100))
  const said = await talk.toTheEnd()
  assert.match(said, /^(?:500 [^\r]*\r\n){19,20}421 /)
  assert.equal(abuse(world).length, 1)
})

for (const [name, path] of [
  ['NUL', 'a\0b'],
  ['CR', 'a\rb'],
  ['only NUL', '\0'],
] as const) {
  test(`a name with ${name} in it is refused by all commands, and nothing comes of it`, async (t) => {
    const { world } = await turnedWorld(t, ftpData())
    const talk = await loggedIn(t, world)
    for (const verb of ['CWD', 'MKD', 'RMD', 'DELE', 'RNFR', 'SIZE', 'MDTM', 'MLST', 'STAT', 'SITE CHMOD 600'])
      assert.match(await talk.ask(`${verb} ${path}\r\n`), /^501 /, verb)
    for (const verb of ['STOR', 'APPE', 'RETR', 'LIST', 'NLST', 'MLSD']) {
      const data = await passive(t, world, talk)
      assert.match(await talk.ask(`${verb} ${path}\r\n`), /^501 /, verb)
      data.destroy()
    }
    assert.equal(await fetched(t, world, talk, 'NLST -a'), '.\r\n..\r\n')
  })
}

test('thousands of ports that are asked for and not used: one stands at a time', async (t) => {
  const { world } = await turnedWorld(t, ftpData())
  const talk = await loggedIn(t, world)
  const before = readdirSync('/proc/self/fd').length
  for (let round = 0; round < 1000; round++) await talk.ask(round % 2 === 0 ? 'EPSV\r\n' : 'PASV\r\n', OK)
  assert.ok(readdirSync('/proc/self/fd').length < before + 10)
  for (let round = 0; round < 1000; round++) await talk.ask('PORT 127,0,0,1,200,1\r\n', OK)
  assert.ok(readdirSync('/proc/self/fd').length < before + 10)
  assert.equal(await stored(t, world, talk, 'STOR after', 'x'), '226 Transfer complete.\r\n')
})

test('data goes to nobody else, however often it is asked for; one event tells of it', async (t) => {
  const { world } = await turnedWorld(t, ftpData())
  const talk = await loggedIn(t, world)
  const bounces = ['PORT 127,0,0,9,200,1', 'PORT 127,0,0,1,0,21', 'EPRT |1|127.0.0.9|51201|', 'EPRT |1|127.0.0.1|21|']
  for (const bounce of bounces) assert.match(await talk.ask(`${bounce}\r\n`), /^5\d\d /)
  assert.match(await talk.ask('LIST\r\n'), /^425 /)
  for (let round = 0; round < 500; round++) assert.match(await talk.ask('PORT 127,0,0,9,200,1\r\n'), /^500 /)
  assert.equal(abuse(world).length, 1)
  await others(t, world)
})

const ASCII: readonly (readonly [sent: string, kept: string, back: string])[] = [
  ['a\r\nb', 'a\nb', 'a\r\nb'],
  ['\r\n', '\n', '\r\n'],
  ['\r', '\r', '\r'],
  ['\r\r\n', '\r\n', '\r\n'],
  ['a\rb\r', 'a\rb\r', 'a\rb\r'],
  ['\n\n', '\n\n', '\r\n\r\n'],
  ['', '', ''],
  [`${'x'.repeat(65_535)}\r\n${'y'.repeat(65_536)}\r\n`, `${'x'.repeat(65_535)}\n${'y'.repeat(65_536)}\n`, ''],
]

test('lines in ASCII at every edge', async (t) => {
  const { world } = await turnedWorld(t, ftpData())
  const talk = await loggedIn(t, world)
  for (const [sent, kept, back] of ASCII) {
    const name = JSON.stringify(sent.slice(0, 20))
    await talk.ask('TYPE A\r\n', OK)
    assert.match(await stored(t, world, talk, 'STOR a', sent), /^226 /, name)
    const again = await fetched(t, world, talk, 'RETR a')
    assert.equal(again, back === '' ? sent : back, name)
    await talk.ask('TYPE I\r\n', OK)
    assert.equal(await fetched(t, world, talk, 'RETR a'), kept, name)
  }
})

test('before a login nothing but a login', async (t) => {
  const { world } = await turnedWorld(t, ftpData())
  const talk = await greeted(t, world)
  for (const verb of ['PASV', 'EPSV', 'PORT 127,0,0,1,200,1', 'LIST', 'RETR x', 'STOR x', 'CWD /', 'MLST', 'SITE HELP'])
    assert.match(await talk.ask(`${verb}\r\n`), /^530 /, verb)
})
