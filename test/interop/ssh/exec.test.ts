// Commands and the small shell of a host that answers by itself: statuses, streams, and a person at a terminal.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { skipSsh, SSH, sshWorld } from './world.ts'

const HOST = 'files.harbor.test'

/** What a person types, and sees. The prompt ends with a dollar sign. */
const SESSION = `set timeout 10
log_user 1
spawn ${SSH} -tt ${HOST}
expect -re {\\$ $}
send "echo one two\\r"
expect -re {\\none two\\r\\n.*\\$ $} {} timeout { exit 11 }
send "mkdir seen && cd seen && pwd\\r"
expect -re {/seen\\r\\n.*\\$ $} {} timeout { exit 12 }
send "echo wrogn\\177\\177\\177ong\\r"
expect -re {\\nwrong\\r\\n.*\\$ $} {} timeout { exit 13 }
send "cat\\r"
send "said twice\\r"
expect -re {said twice\\r\\nsaid twice\\r\\n} {} timeout { exit 14 }
send "\\003"
expect -re {\\$ $} {} timeout { exit 15 }
send "exit 7\\r"
expect eof
lassign [wait] pid id failed code
exit $code
`

test('commands', { skip: skipSsh('expect', 'sha256sum') }, async (t) => {
  const world = await inside(
    {
      status: `${SSH} ${HOST} exit 3`,
      streams: `${SSH} ${HOST} 'echo out; echo err >&2'`,
      stdin: `printf 'a\\nb' | ${SSH} ${HOST} cat`,
      closed: `${SSH} -n ${HOST} cat`,
      large: `head -c 20000000 /dev/zero | ${SSH} ${HOST} cat | sha256sum`,
      wanted: 'head -c 20000000 /dev/zero | sha256sum',
      unknown: `${SSH} ${HOST} no-such-command`,
      quoted: `${SSH} ${HOST} "echo 'a  b' \\"c\\" \\\\$HOME"`,
      lists: `${SSH} ${HOST} 'mkdir -p d && echo x > d/f && ls -la d && cat d/f'`,
      shell: `printf 'echo first\\nno-such\\necho last\\nexit 4\\n' | ${SSH} -T ${HOST}`,
      together: `${SSH} -o ControlMaster=yes -o ControlPath=$PWD/mux -f -N ${HOST} && for n in 1 2 3; do ${SSH} -o ControlPath=$PWD/mux ${HOST} "echo $n" & done; wait; ${SSH} -o ControlPath=$PWD/mux -O exit ${HOST}`,
      compressed: `${SSH} -C ${HOST} echo small`,
      rekeyed: `head -c 5000000 /dev/zero | ${SSH} -o RekeyLimit=1M ${HOST} cat | sha256sum`,
      rekeyedWanted: 'head -c 5000000 /dev/zero | sha256sum',
      ciphers: `for cipher in aes128-gcm@openssh.com aes256-gcm@openssh.com chacha20-poly1305@openssh.com aes128-ctr; do ${SSH} -c $cipher ${HOST} echo $cipher || exit 1; done`,
      session: 'expect session.exp',
    },
    sshWorld({ files: { 'session.exp': SESSION } }),
  )

  await t.test('statuses and streams are those of the command', () => {
    assert.equal(world.step('status').code, 3)
    assert.deepEqual(world.step('streams'), { code: 0, stdout: 'out\n', stderr: 'err\n' })
    assert.equal(world.output('stdin'), 'a\nb')
    assert.equal(world.output('closed'), '')
    assert.equal(world.output('large'), world.output('wanted'))
  })
  await t.test('a command that is not there', () => {
    const { code, stderr } = world.step('unknown')
    assert.equal(code, 127)
    assert.match(stderr, /no-such-command: (?:command )?not found/)
  })
  await t.test('words are quoted as a shell reads them', () => {
    assert.match(world.output('quoted'), /^a {2}b c \/\S*\n$/)
    assert.match(world.output('lists'), /^total \d+\n.*-rw-r--r--.* f\nx\n$/s)
  })
  await t.test('a shell without a terminal reads lines', () => {
    const { code, stdout } = world.step('shell')
    assert.deepEqual([code, stdout], [4, 'first\nlast\n'])
  })
  await t.test('many sessions of one connection', () => {
    assert.deepEqual(world.output('together').split('\n').toSorted(), ['', '1', '2', '3'])
  })
  await t.test('ciphers, compression where it can be, new keys in the middle', () => {
    assert.equal(world.output('compressed'), 'small\n')
    assert.equal(world.output('rekeyed'), world.output('rekeyedWanted'))
    assert.equal(world.output('ciphers').split('\n').length, 5)
  })
  await t.test('a person at a terminal', () => {
    const { code, stdout } = world.step('session')
    assert.equal(code, 7, stdout)
  })
  await t.test('the report shows the commands', () => {
    const said = world.report.conversations
      .filter(({ service }) => service === 'ssh')
      .flatMap(({ said: things }) => things.map(({ thing }) => thing.text))
      .join('\n')
    assert.match(said, /no-such-command/)
  })
})
