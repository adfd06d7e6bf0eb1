import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isFailure, type Failure } from '../core/failure.ts'
import type { TlsInfo } from '../core/io.ts'
import { createAuthority } from '../net/authority/index.ts'
import { OpenGate } from '../sim/index.ts'
import { HostPlane } from './plane.ts'

const YEAR_MS = 365 * 86_400_000

const accept = () => ({ received: () => false })

/** A handshake between two of our own, where certificates are issued and looked at by these clocks. */
async function handshake(issuedMs: number, lookedMs: number, serverName = 'a.test'): Promise<TlsInfo | Failure> {
  const territory = { names: ['test'], ranges: [], catchAll: false, isMoved: true }
  const authority = createAuthority({ ...territory, wallMs: () => issuedMs })
  const gate = Object.assign(new OpenGate(), {
    trustedPem: authority.certificatePem,
    wallMs: () => lookedMs,
    identity: () => authority.identity(['a.test']),
  })
  const plane = new HostPlane()
  const at = { ip: '127.0.0.1', port: 0 }
  const bound = await plane.listenStream(
    { transport: 'tcp', port: 0, tls: 'implicit', accept },
    { at, service: 's' },
    gate,
  )
  assert.ok(!isFailure(bound))
  const io = plane.serviceIo('c', ['127.0.0.1'], gate, () => undefined)
  const result = await new Promise<TlsInfo | Failure>((resolve) => {
    io.connect(bound.local, (stream) => ({
      opened: () => stream.secure({ side: 'client', serverName }, resolve),
      received: () => false,
    }))
  })
  await plane.stop()
  return result
}

const now = Date.now()

test("a certificate of the world's time is good for our own clients, whatever the machine's", async () => {
  for (const ms of [now, now + YEAR_MS, now - YEAR_MS]) {
    const result = await handshake(ms, ms)
    assert.ok(!isFailure(result), JSON.stringify(result))
  }
})

test('one that is not good in the world is refused, also where the machine would take it', async () => {
  const early = await handshake(now, now - YEAR_MS)
  assert.ok(isFailure(early) && early.code === 'CERT_NOT_YET_VALID')
  const late = await handshake(now, now + YEAR_MS)
  assert.ok(isFailure(late) && late.code === 'CERT_HAS_EXPIRED')
})

test('a wrong name is refused at any time', async () => {
  for (const ms of [now, now + YEAR_MS]) {
    const result = await handshake(ms, ms, 'b.test')
    assert.ok(isFailure(result) && result.code === 'ERR_TLS_CERT_ALTNAME_INVALID', JSON.stringify(result))
  }
})
