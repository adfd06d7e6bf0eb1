// Stock ssh knows the hosts of a world without being told: by known_hosts, by name, alias and address, over both families; and
// SSHFP records say the same.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inside } from '../inside.ts'
import { SSH, skipSsh, sshWorld } from './world.ts'

const BY_DNS = `${SSH} -v -o LogLevel=DEBUG1 -o VerifyHostKeyDNS=yes -o GlobalKnownHostsFile=/dev/null`

test('stock ssh and the keys of hosts', { skip: skipSsh('dig', 'ssh-keyscan', 'getent') }, async (t) => {
  const world = await inside(
    {
      plain: 'ssh -i id_ed25519 -o BatchMode=yes alice@files.harbor.test echo here',
      strict: `${SSH} files.harbor.test echo here`,
      alias: `${SSH} harbor.test echo here`,
      four: `${SSH} -4 files.harbor.test echo here`,
      six: `${SSH} -6 files.harbor.test echo here`,
      fourAddress: `${SSH} $(dig +short files.harbor.test A) echo here`,
      sixAddress: `${SSH} $(dig +short files.harbor.test AAAA) echo here`,
      ecdsa: `${SSH} -o HostKeyAlgorithms=ecdsa-sha2-nistp256 files.harbor.test echo here`,
      rsa: `${SSH} -o HostKeyAlgorithms=rsa-sha2-512 files.harbor.test echo here`,
      sha1: `${SSH} -o HostKeyAlgorithms=ssh-rsa files.harbor.test echo here`,
      scan: 'ssh-keyscan -t rsa,ecdsa,ed25519 files.harbor.test 2>/dev/null | sort',
      known: "grep files.harbor.test /etc/ssh/ssh_known_hosts | sed 's/^[^ ]*/files.harbor.test/' | sort",
      fingerprints: 'dig +short files.harbor.test SSHFP | tr -d " " | tr A-F a-f | sort',
      scanned:
        'ssh-keyscan -D -t rsa,ecdsa,ed25519 files.harbor.test 2>/dev/null | grep " 2 [0-9a-f]*$" | sed "s/.*SSHFP//" | tr -d " " | sort',
      dns: `${BY_DNS} -o StrictHostKeyChecking=accept-new files.harbor.test echo here`,
      others: `${SSH} -o HostKeyAlias=jump.harbor.test files.harbor.test echo here`,
      unknown: `${SSH} -o GlobalKnownHostsFile=/dev/null files.harbor.test echo here`,
    },
    sshWorld(),
  )

  await t.test('nothing is asked, whatever the host is called', () => {
    for (const name of ['plain', 'strict', 'alias', 'four', 'six', 'fourAddress', 'sixAddress'] as const) {
      assert.equal(world.output(name), 'here\n', name)
    }
  })
  await t.test('each kind of key is known, and SHA-1 is not signed with', () => {
    assert.equal(world.output('ecdsa'), 'here\n')
    assert.equal(world.output('rsa'), 'here\n')
    assert.equal(world.step('sha1').code, 255)
  })
  await t.test('what is laid is what the host shows', () => {
    assert.equal(world.output('scan').split('\n').length, 4)
    assert.equal(world.output('known'), world.output('scan'))
  })
  await t.test('SSHFP records name the same keys', () => {
    assert.equal(world.output('fingerprints').split('\n').length, 4)
    assert.equal(world.output('fingerprints'), world.output('scanned'))
    assert.match(world.step('dns').stderr, /matching host key fingerprint found in DNS/i)
    assert.equal(world.output('dns'), 'here\n')
  })
  await t.test('another host, and one that is not in the file, is refused', () => {
    assert.match(world.step('others').stderr, /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/)
    assert.equal(world.step('others').code, 255)
    assert.equal(world.step('unknown').code, 255)
  })
})
