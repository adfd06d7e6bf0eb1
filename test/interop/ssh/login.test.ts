// Logins of stock ssh: passwords, keys, a key that ssh-copy-id brought, a code as second factor, and the end of guessing.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { BARE, CODE_SECRET, skipSsh, SSH, sshWorld, writeAskpass } from './world.ts'

const HOST = 'files.harbor.test'
const BY_PASSWORD = `${BARE} -o BatchMode=no -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 -o PreferredAuthentications=password`
const BY_KEYBOARD = BY_PASSWORD.replace('=password', '=keyboard-interactive')
const ASKED = 'SSH_ASKPASS_REQUIRE=force SSH_ASKPASS=$PWD'
const CAROL = `${BARE} -o BatchMode=no -l carol`
const CODE = `oathtool --totp -b ${CODE_SECRET}`

test('logins', { skip: skipSsh('sshpass', 'oathtool', 'ssh-copy-id') }, async (t) => {
  const world = await inside(
    {
      password: `sshpass -p bob ${BY_PASSWORD} bob@${HOST} whoami`,
      interactive: `sshpass -p bob ${BY_KEYBOARD} bob@${HOST} whoami`,
      address: `sshpass -p bob ${BY_PASSWORD} -l bob@harbor.test ${HOST} whoami`,
      askpass: `${ASKED}/bob ${BY_PASSWORD} bob@${HOST} whoami`,
      wrong: `sshpass -p wrong ${BY_PASSWORD} bob@${HOST} whoami`,
      nobody: `sshpass -p bob ${BY_PASSWORD} nobody@${HOST} whoami`,
      elsewhere: `sshpass -p bob ${BY_PASSWORD} bob@jump.harbor.test whoami`,
      ed25519: `${SSH} -i id_ed25519 ${HOST} whoami`,
      ecdsa: `${BARE} -i id_ecdsa ${HOST} whoami`,
      rsa: `${BARE} -i id_rsa ${HOST} whoami`,
      sha1: `${BARE} -i id_rsa -o PubkeyAcceptedAlgorithms=ssh-rsa ${HOST} whoami`,
      others: `${SSH} -l bob ${HOST} whoami`,
      agent: `eval "$(ssh-agent -s)" >/dev/null; ssh-add -q id_ed25519; ${BARE} -o IdentitiesOnly=no ${HOST} whoami; code=$?; kill $SSH_AGENT_PID; exit $code`,
      makes: 'ssh-keygen -q -t ed25519 -N "" -f own',
      before: `${BARE} -i own -l bob ${HOST} whoami`,
      brings: `HOME=$PWD sshpass -p bob ssh-copy-id -i own.pub -F bare_config -o BatchMode=no -o IdentitiesOnly=no bob@${HOST}`,
      after: `${BARE} -i own -l bob ${HOST} whoami`,
      again: `HOME=$PWD ssh-copy-id -i own.pub -F bare_config -o IdentityFile=own bob@${HOST}`,
      kept: `${BARE} -i own -l bob ${HOST} 'wc -l < .ssh/authorized_keys; ls -ld .ssh | cut -c1-10'`,
      bySftp: `ssh-keygen -q -t ecdsa -N "" -f second && HOME=$PWD sshpass -p bob ssh-copy-id -s -i second.pub -F bare_config -o BatchMode=no -o IdentitiesOnly=no bob@${HOST}`,
      afterSftp: `${BARE} -i second -l bob ${HOST} whoami && ${BARE} -i own -l bob ${HOST} whoami`,
      noCode: `sshpass -p carol ${CAROL} -o PreferredAuthentications=password ${HOST} whoami`,
      passwordAndCode: `${ASKED}/both ${CAROL} -o PubkeyAuthentication=no ${HOST} whoami`,
      sameCode: `${ASKED}/both ${CAROL} -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 ${HOST} whoami`,
      wrongCode: `${ASKED}/bad ${CAROL} -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 ${HOST} whoami`,
      keyAndCode: `${ASKED}/next ${CAROL} -i id_rsa ${HOST} whoami`,
      keyAlone: `${CAROL} -o BatchMode=yes -i id_rsa ${HOST} whoami`,
    },
    sshWorld({
      site: (folder) => {
        writeAskpass(join(folder, 'bob'), { assword: 'echo bob' })
        writeAskpass(join(folder, 'both'), { assword: 'echo carol', 'One-time code': CODE })
        writeAskpass(join(folder, 'bad'), { assword: 'echo carol', 'One-time code': 'echo 000000' })
        writeAskpass(join(folder, 'next'), { 'One-time code': `${CODE} --now '+30 seconds'` })
      },
    }),
  )
  const isRefused = (name: Parameters<typeof world.step>[0]): void => {
    const { code, stdout, stderr } = world.step(name)
    assert.notEqual(code, 0, name)
    assert.equal(stdout, '')
    assert.match(stderr, /Permission denied/, name)
  }

  await t.test('by password, in each form', () => {
    for (const name of ['password', 'interactive', 'address', 'askpass', 'elsewhere'] as const) {
      assert.equal(world.output(name), 'bob\n', name)
    }
  })
  await t.test('a wrong one, and nobody, hear the same', () => {
    isRefused('wrong')
    isRefused('nobody')
    assert.equal(
      world.step('wrong').stderr.replaceAll('bob', 'X'),
      world.step('nobody').stderr.replaceAll('nobody', 'X'),
    )
  })
  await t.test('by the keys of the world file', () => {
    for (const name of ['ed25519', 'ecdsa', 'rsa', 'agent'] as const) assert.equal(world.output(name), 'alice\n', name)
    isRefused('sha1')
    isRefused('others')
  })
  await t.test('by a key that ssh-copy-id brought', () => {
    world.output('makes')
    isRefused('before')
    assert.match(world.step('brings').stderr + world.output('brings'), /Number of key\(s\) added: 1/)
    assert.equal(world.output('after'), 'bob\n')
    assert.match(world.step('again').stderr, /All keys were skipped/)
    assert.equal(world.output('kept').trim(), '1\ndrwx------')
    world.output('bySftp')
    assert.equal(world.output('afterSftp'), 'bob\nbob\n')
  })
  await t.test('a code besides the password or the key, once', () => {
    isRefused('noCode')
    assert.equal(world.output('passwordAndCode'), 'carol\n')
    isRefused('sameCode')
    isRefused('wrongCode')
    assert.equal(world.output('keyAndCode'), 'carol\n')
    isRefused('keyAlone')
  })
})
