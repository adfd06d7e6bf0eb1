// Our client gets keys from chronyd by NTS, and asks under them: cookies come back, lost ones are made up for, and a key that chronyd has
// forgotten is told.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'
import { isFailure, type Failure } from '../../../src/core/failure.ts'
import { HostPlane } from '../../../src/host/plane.ts'
import { createAuthority } from '../../../src/net/authority/index.ts'
import { decodeHeader, encodeHeader } from '../../../src/protocols/ntp/index.ts'
import { establishKeys, NtsProtection, type NtsSession } from '../../../src/protocols/ntp/nts/client.ts'
import { OpenGate } from '../../../src/sim/index.ts'
import { skip } from './chronyd.ts'

const NAME = 'theirs.test'
const LOOPBACK = '127.0.0.1'
/** Between two tries to reach a chronyd that starts. */
const LOOK_MS = 50
const LOOKS_MAX = 200
const QUESTION = encodeHeader({
  leap: 3,
  version: 4,
  mode: 3,
  stratum: 0,
  poll: 4,
  precision: -20,
  rootDelayMs: 0,
  rootDispersionMs: 0,
  referenceId: 0,
  reference: 0n,
  origin: 0n,
  receive: 0n,
  transmit: 77n,
})

interface Theirs {
  readonly ntpPort: number
  readonly ntsPort: number
  readonly trustedPem: string
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, LOOPBACK)
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  return port
}

async function theirs(t: TestContext): Promise<Theirs> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-nts-'))
  const authority = createAuthority({ names: [NAME], ranges: [], catchAll: false, wallMs: () => Date.now() })
  const { keyPem, certificatePem } = authority.identity([NAME])
  const [ntpPort, ntsPort] = [await freePort(), await freePort()]
  const config = [
    'local stratum 1',
    `port ${ntpPort}`,
    `ntsport ${ntsPort}`,
    `allow ${LOOPBACK}`,
    `ntsserverkey ${folder}/key`,
    `ntsservercert ${folder}/certificate`,
    'cmdport 0',
    'bindcmdaddress /',
    `pidfile ${folder}/pid`,
    `user ${userInfo().username}`,
  ]
  for (const [name, text] of Object.entries({
    conf: `${config.join('\n')}\n`,
    key: keyPem,
    certificate: certificatePem,
  })) {
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), 0o600)
  }
  const daemon = spawn('/usr/sbin/chronyd', ['-x', '-U', '-d', '-f', join(folder, 'conf')], { stdio: 'ignore' })
  t.after(async () => {
    daemon.kill()
    await once(daemon, 'exit')
    rmSync(folder, { recursive: true })
  })
  return { ntpPort, ntsPort, trustedPem: authority.certificatePem }
}

async function keysOf({ ntsPort, trustedPem }: Theirs, name: string): Promise<NtsSession | Failure> {
  const gate = new OpenGate()
  gate.trustedPem = trustedPem
  const plane = new HostPlane({})
  const io = plane.serviceIo('ntp', [LOOPBACK], gate, () => undefined)
  for (let look = 0; ; look++) {
    const result = await new Promise<NtsSession | Failure>((resolve) =>
      establishKeys(io, { ip: LOOPBACK, port: ntsPort }, name, resolve),
    )
    if (!isFailure(result) || result.code !== 'ECONNREFUSED' || look === LOOKS_MAX) {
      await plane.stop()
      return result
    }
    await pause(LOOK_MS)
  }
}

async function exchange(socket: Socket, packet: Uint8Array | undefined, port: number): Promise<Uint8Array> {
  assert.ok(packet !== undefined)
  socket.send(packet, port, LOOPBACK)
  const [answer] = await once(socket, 'message')
  assert.ok(answer instanceof Uint8Array)
  return answer
}

test('NTS with chronyd as the server', { skip }, async (t) => {
  const server = await theirs(t)
  const session = await keysOf(server, NAME)
  if (isFailure(session)) assert.fail(session.message)
  assert.deepEqual([session.algorithm, session.cookies.length, session.port], [15, 8, server.ntpPort])
  const protection = new NtsProtection(session, (size) => crypto.getRandomValues(new Uint8Array(size)))
  const socket = createSocket('udp4')
  t.after(() => socket.close())
  for (const lost of [0, 0, 2, 0, 5, 0]) {
    for (let left = lost; left > 0; left--) protection.protect(QUESTION)
    const answer = await exchange(socket, protection.protect(QUESTION), server.ntpPort)
    assert.equal(protection.prove(answer), 'proven')
    assert.equal(protection.cookiesLeft, 8)
    assert.deepEqual([decodeHeader(answer)?.stratum, decodeHeader(answer)?.origin], [1, 77n])
  }
  const foreign = session.cookies.map((cookie) => cookie.map((octet) => octet ^ 1))
  const forgotten = new NtsProtection({ ...session, cookies: foreign }, (size) => new Uint8Array(size).fill(9))
  assert.equal(forgotten.prove(await exchange(socket, forgotten.protect(QUESTION), server.ntpPort)), 'stale')
  const other = await keysOf(server, 'other.test')
  assert.equal(isFailure(other) && other.code, 'ERR_TLS_CERT_ALTNAME_INVALID')
})
