// SCRAM against the vectors of its RFCs, and against whoever changes something on the way.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { clientKey, digest, hmac, saltedPassword, serverKey, xor } from './scram-hash.ts'
import { ScramKeys } from './scram-keys.ts'
import {
  formatClientFirstBare,
  formatGs2Header,
  formatSaslName,
  formatServerFirst,
  parseClientFinal,
  parseClientFirst,
  parseSaslName,
  parseServerFinal,
  parseServerFirst,
} from './scram-message.ts'
import { exchange, sampleClient, sampleServer } from './sample-exchange.ts'

const bytes = (text: string) => new Uint8Array(Buffer.from(text))
const textOf = (given: Uint8Array | undefined) => Buffer.from(given ?? []).toString()
const ours = () => bytes('our end')
const theirs = () => bytes('their end')

const VECTORS = [
  {
    // RFC 7677 §3
    mechanism: 'SCRAM-SHA-256',
    hash: 'sha256',
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    first: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    final: 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    signature: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
  {
    // RFC 5802 §5
    mechanism: 'SCRAM-SHA-1',
    hash: 'sha1',
    nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    first: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    final: 'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    signature: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
] as const

for (const { mechanism, hash, nonce, first, final, signature } of VECTORS) {
  const client = () => sampleClient(mechanism, { random: () => Buffer.from(nonce, 'base64') })

  test(`${mechanism}: the client says what the RFC says`, () => {
    const one = client()
    assert.equal(textOf(one.initial()), `n,,n=user,r=${nonce}`)
    const step = one.step(bytes(first))
    assert.equal(step.kind === 'response' ? textOf(step.bytes) : step.reason, final)
    assert.deepEqual(one.step(bytes(signature)), { kind: 'response', bytes: new Uint8Array(0) })
    assert.equal(one.isComplete, true)
  })

  test(`${mechanism}: the server's sums are those of the RFC`, () => {
    const read = parseServerFirst(first)
    const said = parseClientFinal(final)
    const told = parseServerFinal(signature)
    assert.ok(read !== undefined && said !== undefined && told !== undefined && 'signature' in told)
    const salted = saltedPassword(hash, 'pencil', read.salt, read.iterations)
    const storedKey = digest(hash, clientKey(hash, salted))
    const all = `n=user,r=${nonce},${first},${said.withoutProof}`
    assert.deepEqual(digest(hash, xor(said.proof, hmac(hash, storedKey, all))), storedKey)
    assert.deepEqual(new Uint8Array(hmac(hash, serverKey(hash, salted), all)), told.signature)
  })

  test(`${mechanism}: a server that does not know the password, or says that we do not, is not believed`, () => {
    for (const [text, reason] of [
      ['v=AAAA', 'server'],
      ['e=invalid-proof', 'refused'],
      ['', 'malformed'],
    ] as const) {
      const one = client()
      one.initial()
      one.step(bytes(first))
      const step = one.step(bytes(text))
      assert.equal(step.kind === 'failed' ? step.reason : step.kind, reason)
      assert.equal(one.isComplete, false)
      assert.equal(one.step(bytes(signature)).kind, 'failed')
    }
  })
}

const completes = (messages: readonly Uint8Array[]) => {
  const client = sampleClient('SCRAM-SHA-256')
  client.initial()
  for (const message of messages) client.step(message)
  return client.isComplete
}

test('a server message that is cut off or has one bit flipped makes no client complete', () => {
  const { fromServer } = exchange(sampleClient('SCRAM-SHA-256'), sampleServer('SCRAM-SHA-256'))
  assert.equal(completes(fromServer), true)
  fromServer.forEach((message, at) => {
    for (let length = 0; length < message.length; length++) {
      assert.equal(completes(fromServer.with(at, message.subarray(0, length))), false)
    }
    for (let bit = 0; bit < message.length * 8; bit++) {
      const flipped = message.with(bit >> 3, (message[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
      assert.equal(completes(fromServer.with(at, flipped)), false, `${at} bit ${bit}`)
    }
  })
})

const answerTo = (first: (nonce: string) => string) => {
  const client = sampleClient('SCRAM-SHA-256')
  const nonce = textOf(client.initial()).split(',r=')[1] ?? ''
  const said = client.step(bytes(first(nonce)))
  return said.kind === 'failed' ? said.reason : said.kind
}

test("a client takes no nonce but one that goes on from its own, and no other server's count of rounds", () => {
  assert.equal(
    answerTo((nonce) => `r=${nonce}x,s=QQ==,i=4096`),
    'response',
  )
  assert.equal(
    answerTo((nonce) => `r=${nonce},s=QQ==,i=4096`),
    'malformed',
  )
  assert.equal(
    answerTo((nonce) => `r=x${nonce},s=QQ==,i=4096`),
    'malformed',
  )
  assert.equal(
    answerTo((nonce) => `m=x,r=${nonce}x,s=QQ==,i=4096`),
    'malformed',
  )
  assert.equal(
    answerTo((nonce) => `r=${nonce}x,s=QQ==,i=4095`),
    'server',
  )
  assert.equal(
    answerTo((nonce) => `r=${nonce}x,s=QQ==,i=600001`),
    'server',
  )
  assert.equal(
    answerTo((nonce) => `r=${nonce}x,s=QQ==,i=04096`),
    'malformed',
  )
})

test('the server takes no nonce but its own', () => {
  const server = sampleServer('SCRAM-SHA-256')
  server.step(bytes('n,,n=user,r=abc'))
  assert.deepEqual(server.step(bytes('c=biws,r=abcd,p=AAAA')), { kind: 'failed', reason: 'malformed', user: 'user' })
})

const firstStep = (mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-256-PLUS', header: string, binds: boolean) => {
  const server = sampleServer(mechanism, binds ? { channelBinding: ours } : {})
  const step = server.step(bytes(`${header}n=user,r=abc`))
  return step.kind === 'failed' ? step.reason : step.kind
}

test('flags of the channel binding: what the client says must be what the server knows', () => {
  assert.equal(firstStep('SCRAM-SHA-256', 'n,,', true), 'challenge')
  assert.equal(firstStep('SCRAM-SHA-256', 'y,,', false), 'challenge')
  assert.equal(firstStep('SCRAM-SHA-256', 'y,,', true), 'channel-binding')
  assert.equal(firstStep('SCRAM-SHA-256', 'p=tls-exporter,,', true), 'channel-binding')
  assert.equal(firstStep('SCRAM-SHA-256-PLUS', 'p=tls-exporter,,', true), 'challenge')
  assert.equal(firstStep('SCRAM-SHA-256-PLUS', 'p=tls-server-end-point,,', true), 'challenge')
  assert.equal(firstStep('SCRAM-SHA-256-PLUS', 'p=tls-unique,,', true), 'channel-binding')
  assert.equal(firstStep('SCRAM-SHA-256-PLUS', 'n,,', true), 'channel-binding')
  assert.equal(firstStep('SCRAM-SHA-256-PLUS', 'p=tls-exporter,,', false), 'channel-binding')
  assert.equal(firstStep('SCRAM-SHA-256', 'x,,', true), 'malformed')
})

test('a header that was changed on the way is found out', () => {
  const { fromClient } = exchange(sampleClient('SCRAM-SHA-256'), sampleServer('SCRAM-SHA-256'))
  const server = sampleServer('SCRAM-SHA-256')
  server.step(bytes(textOf(fromClient[0]).replace('n,,', 'y,,')))
  const step = server.step(fromClient[1])
  assert.deepEqual(step, { kind: 'failed', reason: 'channel-binding', user: 'user' })
})

test('who stands between two TLS connections cannot hand a login on', () => {
  const client = sampleClient('SCRAM-SHA-256-PLUS', { channelBinding: theirs })
  const { outcome } = exchange(client, sampleServer('SCRAM-SHA-256-PLUS', { channelBinding: ours }))
  assert.deepEqual(outcome, { kind: 'failed', reason: 'channel-binding', user: 'user' })
})

const headerOf = (login: object, mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-256-PLUS' = 'SCRAM-SHA-256-PLUS') =>
  textOf(sampleClient(mechanism, login).initial()).split(',n=')[0]

const endPointOnly = (type: string) => (type === 'tls-exporter' ? undefined : bytes('x'))

test('a client binds by the exporter where it can, and says so where no one offers to', () => {
  assert.equal(headerOf({ channelBinding: ours }), 'p=tls-exporter,')
  assert.equal(headerOf({ channelBinding: endPointOnly, authorization: 'b,c' }), 'p=tls-server-end-point,a=b=2Cc')
  assert.equal(headerOf({}), '')
  assert.equal(headerOf({ channelBinding: ours }, 'SCRAM-SHA-256'), 'n,')
  assert.equal(headerOf({ channelBinding: ours, plusNotOffered: true }, 'SCRAM-SHA-256'), 'y,')
})

test('whom to act as comes through, and the last response is empty', () => {
  const joined = exchange(sampleClient('SCRAM-SHA-256', { authorization: 'a=b,c' }), sampleServer('SCRAM-SHA-256'))
  assert.deepEqual(joined.outcome, { kind: 'done', user: 'user', authorization: 'a=b,c' })
  assert.deepEqual(
    joined.fromClient.map((message) => message.length > 0),
    [true, true, false],
  )
})

const saltless = (user: string) => {
  const step = sampleServer('SCRAM-SHA-256').step(bytes(`n,,n=${user},r=abc`))
  return step.kind === 'challenge' ? textOf(step.bytes).replace(/s=[^,]+/, 's=') : step.kind
}

test('a user who does not exist has a salt that stays, and keys that no password opens', () => {
  const keys = new ScramKeys(new Uint8Array(16).fill(1))
  assert.deepEqual(keys.salt('sha256', 'nobody'), keys.salt('sha256', 'nobody'))
  assert.notDeepEqual(keys.salt('sha256', 'nobody'), keys.salt('sha256', 'someone'))
  assert.notDeepEqual(keys.salt('sha256', 'nobody'), new ScramKeys(new Uint8Array(16)).salt('sha256', 'nobody'))
  assert.equal(keys.salt('sha256', 'nobody').length, 16)
  assert.equal(keys.keyOf('sha256', 'nobody', undefined).storedKey.length, 32)
  assert.equal(saltless('nobody'), saltless('user'))
})

test('not even the password that stands in for one that is missing logs anyone in', () => {
  const secret = new Uint8Array(32).fill(3)
  const password = createHmac('sha256', secret)
    .update(JSON.stringify(['no one', 'nobody']))
    .digest('hex')
  const client = sampleClient('SCRAM-SHA-256', { user: 'nobody', password })
  const { outcome } = exchange(client, sampleServer('SCRAM-SHA-256', { keys: new ScramKeys(secret) }))
  assert.deepEqual(outcome, { kind: 'failed', reason: 'credentials', user: 'nobody' })
})

test('the last response must be empty', () => {
  const { fromClient } = exchange(sampleClient('SCRAM-SHA-256'), sampleServer('SCRAM-SHA-256'))
  const server = sampleServer('SCRAM-SHA-256')
  for (const response of fromClient.slice(0, 2)) assert.equal(server.step(response).kind, 'challenge')
  assert.deepEqual(server.step(bytes('x')), { kind: 'failed', reason: 'malformed', user: 'user' })
})

test('keys are derived once for a user and a password, and anew for another password', () => {
  const keys = new ScramKeys(new Uint8Array(16))
  const one = keys.keyOf('sha256', 'user', 'pencil')
  assert.equal(keys.keyOf('sha256', 'user', 'pencil'), one)
  assert.notDeepEqual(keys.keyOf('sha256', 'user', 'crayon'), one)
  assert.notDeepEqual(keys.keyOf('sha256', 'other', 'pencil'), one)
})

test('names are written out and read back', () => {
  for (const name of ['a', 'a,b', 'a=b', '=2C', ',=,=', 'é']) assert.equal(parseSaslName(formatSaslName(name)), name)
  for (const text of ['', '=', '=2c', '=3', 'a=4Db', 'a\0']) assert.equal(parseSaslName(text), undefined, text)
})

test('messages are written and read back; extensions are passed over, a mandatory one is not', () => {
  const message = { binding: { type: 'tls-exporter' }, authorization: 'x', user: 'a,b', nonce: 'abc' }
  const read = parseClientFirst(formatGs2Header(message) + formatClientFirstBare(message))
  assert.deepEqual(read, { message, gs2Header: 'p=tls-exporter,a=x,', bare: 'n=a=2Cb,r=abc' })
  const server = { nonce: 'abcdef', salt: Uint8Array.of(1, 2, 3), iterations: 5000 }
  assert.deepEqual(parseServerFirst(formatServerFirst(server)), server)
  assert.equal(parseClientFirst('n,,n=user,r=abc,z=new')?.message.user, 'user')
  for (const text of [
    '',
    'n',
    'n,,',
    'n,,n=user',
    'n,,r=abc,n=user',
    'n,,m=x,n=user,r=abc',
    'n,,n=user,r=abc,m=x',
    'n,,n=user,r=abc,',
    'n,,n=user,r=',
    'n,,n=,r=abc',
    'n,a=,n=user,r=abc',
    'n,x,n=user,r=abc',
    'p,,n=user,r=abc',
    'p=,,n=user,r=abc',
    'n,,n=user,r=a\u00e9',
    'n,,n=us\0er,r=abc',
  ]) {
    assert.equal(parseClientFirst(text), undefined, text)
  }
})
