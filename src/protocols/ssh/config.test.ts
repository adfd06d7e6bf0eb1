// What a world file may say, and what it is told otherwise.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfigError } from '../../core/index.ts'
import { sshConfig } from './config.ts'
import { ssh } from './index.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { ScriptedCommands } from './sessions/scripted-commands.ts'

function parsed(input: unknown) {
  const config = sshConfig.parse(input)
  assert.ok(!isConfigError(config), JSON.stringify(config))
  return config
}

test('nothing said stands for the defaults', () => {
  const { port, limits, software, exec, forwarding, sftp } = parsed(undefined)
  assert.deepEqual(
    { port, software, exec, forwarding, sftp },
    {
      port: [22],
      software: 'OpenSSH_9.2 Portolan',
      exec: 'scripted',
      forwarding: true,
      sftp: true,
    },
  )
  assert.deepEqual(limits, DEFAULT_LIMITS)
})

test('startups are read as sshd reads them', () => {
  assert.deepEqual(parsed({ limits: { startups: '10:30:100' } }).limits.startups, { start: 10, chance: 0.3, full: 100 })
  for (const bad of ['10', '10:30', '10:101:100', '100:30:10', 'a:b:c', '0:0:0'])
    assert.ok(isConfigError(sshConfig.parse({ limits: { startups: bad } })), bad)
})

test('names that would break the first line are refused', () => {
  assert.equal(parsed({ software: 'OpenSSH_9.2p1 Debian-2' }).software, 'OpenSSH_9.2p1 Debian-2')
  for (const bad of ['', 'two-words', 'a\r\nb', 'ü', 'x'.repeat(246)])
    assert.ok(isConfigError(sshConfig.parse({ software: bad })), bad)
})

test('scripted commands: exact ones first, then patterns in their order', () => {
  const { commands } = parsed({ commands: { 'show *': 'some\n', 'show version': { output: '1\n' }, '*': { exit: 9 } } })
  const scripted = new ScriptedCommands(commands)
  assert.equal(scripted.find(' show version ')?.output, '1\n')
  assert.equal(scripted.find('show all')?.output, 'some\n')
  assert.deepEqual(scripted.find('else'), { output: '', error: '', exit: 9 })
  assert.equal(new ScriptedCommands({}).find('else'), undefined)
})

const detect = (text: string) => ssh.detect?.(Buffer.from(text))

test('it is told by the first bytes of a client', () => {
  assert.deepEqual(['SSH-2.0-x', 'SSH-', 'SSH', 'S', '', 'SSL', 'GET '].map(detect), [
    'yes',
    'yes',
    'more',
    'more',
    'more',
    'no',
    'no',
  ])
})

test('real programs are refused where others reach the port', () => {
  const programs = { start: () => Promise.reject(new Error('nothing is run here')) }
  assert.match(ssh.refuses?.(parsed({ exec: 'real' }), { programs: undefined }) ?? '', /use portolan run/)
  assert.equal(ssh.refuses?.(parsed({ exec: 'real' }), { programs }), undefined)
  assert.equal(ssh.refuses?.(parsed({}), { programs: undefined }), undefined)
})
