// A machine that finds a ClientHello in its inbox hands it to the handshake: on both planes, with and
// without a layer on the wire.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isFailure } from '../../src/core/failure.ts'
import type { StreamIo, StreamMachine } from '../../src/core/io.ts'
import type { Layer } from '../../src/core/layer.ts'
import { hostHarness, simHarness, type MakeHarness } from './harness.ts'
import { issued } from './identity.ts'

const NAME = 'www.harbor.test'
const HANDSHAKE_RECORD = 22
const { identity, trustedPem } = issued(NAME)

const nothing: Layer = {
  name: 'nothing',
  place: 'wire',
  stream: () => ({ chunk: (_direction, chunk, pass) => pass(chunk) }),
}

/** Answers `plain:` or `tls:` and what it was sent, after a look at the first byte. */
function looking(io: StreamIo, outcomes: string[]): StreamMachine {
  return {
    received(inbox) {
      if (io.tls === undefined && inbox.byte(0) === HANDSHAKE_RECORD) {
        io.secure({ side: 'server', unread: 'handshake' }, (result) =>
          outcomes.push(isFailure(result) ? result.code : 'secure'),
        )
        return true
      }
      const bytes = inbox.take(inbox.length)
      io.send(Buffer.from(`${io.tls === undefined ? 'plain' : 'tls'}: ${Buffer.from(bytes ?? []).toString()}`))
      return true
    },
  }
}

async function speak(make: MakeHarness, layers: readonly Layer[], tls: boolean): Promise<void> {
  const on = make()
  on.gate.identify = (_local, name) => (name === undefined || name === NAME ? identity : undefined)
  on.gate.trustedPem = trustedPem
  on.gate.layers = layers
  const outcomes: string[] = []
  try {
    const { local } = await on.listen((io) => looking(io, outcomes))
    const peer = on.peer(local)
    if (tls) await peer.secure({ serverName: NAME })
    peer.send('hello')
    assert.match(await peer.hears('hello'), tls ? /^tls: hello$/ : /^plain: hello$/)
    assert.deepEqual(outcomes, tls ? ['secure'] : [])
  } finally {
    await on.stop()
  }
}

for (const make of [simHarness, hostHarness]) {
  describe(`an unread handshake on ${make.name}`, () => {
    test('goes on as TLS', () => speak(make, [], true))
    test('goes on as TLS under a layer', () => speak(make, [nothing], true))
    test('leaves plain bytes as they are', () => speak(make, [], false))
  })
}
