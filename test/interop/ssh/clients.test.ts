// Clients that are not OpenSSH's: paramiko, PuTTY's plink and psftp, Dropbear's dbclient.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { skipSsh, sshWorld } from './world.ts'

const HOST = 'files.harbor.test'
const REAL = 'dev.harbor.test'
/** PuTTY keeps keys of its own; this names the one that is right. */
const known = (host: string): string =>
  `-hostkey $(ssh-keyscan -t ed25519 ${host} 2>/dev/null | ssh-keygen -lf - | cut -d' ' -f2)`
const PARAMIKO = join(import.meta.dirname, 'paramiko-session.py')

test('paramiko', { skip: skipSsh('python3') }, async () => {
  const world = await inside({ session: `python3 ${PARAMIKO} ${HOST} id_ed25519` }, sshWorld())
  assert.equal(world.output('session'), 'done\n')
})

test('PuTTY', { skip: skipSsh('plink', 'psftp', 'puttygen', 'ssh-keyscan') }, async (t) => {
  const world = await inside(
    {
      converts: 'puttygen id_ed25519 -O private -o key.ppk && puttygen id_rsa -O private -o rsa.ppk',
      password: `plink -batch -ssh ${known(HOST)} -pw bob bob@${HOST} whoami`,
      key: `plink -batch -ssh ${known(HOST)} -i key.ppk alice@${HOST} whoami`,
      rsa: `plink -batch -ssh ${known(HOST)} -i rsa.ppk alice@${HOST} whoami`,
      status: `plink -batch -ssh ${known(HOST)} -i key.ppk alice@${HOST} 'echo err >&2; exit 3'`,
      real: `echo given | plink -batch -ssh ${known(REAL)} -i key.ppk alice@${REAL} 'cat; exit 4'`,
      stranger: `plink -batch -ssh -i key.ppk alice@${HOST} whoami`,
      files: `head -c 2000000 /dev/urandom > big && printf '%s\\n' 'put big' 'mkdir d' 'mv big d/moved' 'chmod 600 d/moved' 'ls d' 'get d/moved back' 'del d/moved' 'rmdir d' > batch && psftp -batch ${known(HOST)} -i key.ppk -b batch alice@${HOST} && cmp big back`,
      copies: `mkdir -p tree/sub && echo one > 'tree/sub/a b' && pscp -batch -q -r ${known(HOST)} -i key.ppk tree alice@${HOST}: && pscp -batch -q -r ${known(HOST)} -i key.ppk alice@${HOST}:tree again && diff -r tree again`,
      copiesOld: `pscp -scp -batch -q -r ${known(HOST)} -i key.ppk tree alice@${HOST}:old && pscp -scp -batch -q -r ${known(HOST)} -i key.ppk alice@${HOST}:old oldAgain && find oldAgain -type f`,
    },
    sshWorld({ env: { HOME: '.' } }),
  )
  await t.test('logs in and runs commands', () => {
    world.output('converts')
    assert.equal(world.output('password'), 'bob\n')
    assert.equal(world.output('key'), 'alice\n')
    assert.equal(world.output('rsa'), 'alice\n')
    assert.deepEqual([world.step('status').code, world.step('status').stderr], [3, 'err\n'])
    assert.deepEqual([world.step('real').code, world.step('real').stdout], [4, 'given\n'])
    assert.notEqual(world.step('stranger').code, 0)
  })
  await t.test('moves files', () => {
    assert.match(world.output('files'), /-rw------- .* moved/)
    world.output('copies')
    assert.match(world.output('copiesOld'), /a b/)
  })
})

test('Dropbear', { skip: skipSsh('dbclient', 'dropbearconvert') }, async () => {
  const world = await inside(
    {
      converts: 'dropbearconvert openssh dropbear id_ed25519 dropbear-key',
      password: `DROPBEAR_PASSWORD=bob dbclient -y bob@${HOST} whoami`,
      key: `dbclient -y -i dropbear-key alice@${HOST} whoami`,
      status: `dbclient -y -i dropbear-key alice@${HOST} 'echo err >&2; exit 3'`,
      real: `echo given | dbclient -y -i dropbear-key alice@${REAL} 'cat; exit 4'`,
      forwards: `printf 'GET / HTTP/1.0\\r\\nHost: www.harbor.test\\r\\n\\r\\n' | dbclient -y -i dropbear-key -B www.harbor.test:80 alice@${HOST} | head -1`,
    },
    sshWorld({ env: { HOME: '.' } }),
  )
  world.output('converts')
  assert.equal(world.output('password'), 'bob\n')
  assert.equal(world.output('key'), 'alice\n')
  assert.equal(world.step('status').code, 3)
  assert.match(world.step('status').stderr, /err\n$/)
  assert.deepEqual([world.step('real').code, world.step('real').stdout], [4, 'given\n'])
  assert.match(world.output('forwards'), /^HTTP\/1\.[01] /)
})
