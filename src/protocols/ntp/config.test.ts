// What a world file may say of an NTP host, and what it is told that it may not.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfigError } from '../../core/failure.ts'
import { ntpConfig } from './config.ts'
import { ntp } from './index.ts'

const parsed = (input: unknown) => {
  const config = ntpConfig.parse(input)
  if (isConfigError(config)) assert.fail(config.problems.map(({ message }) => message).join('; '))
  return config
}

const problems = (input: unknown) => {
  const config = ntpConfig.parse(input)
  return isConfigError(config) ? config.problems.map(({ path, message }) => `${path.join('.')}: ${message}`) : []
}

test('what is usual', () => {
  const config = parsed(undefined)
  assert.deepEqual(
    [
      config.port,
      config.stratum,
      config.referenceId,
      config.offsetMs,
      config.driftPpm,
      config.ntsPort,
      config.rateLimit,
    ],
    [123, 1, 0x47505300, 0, 0, 4460, undefined],
  )
  assert.deepEqual(ntp.ports(config), [
    { transport: 'udp', port: 123 },
    { transport: 'tcp', port: 4460, tls: 'implicit', alpn: ['ntske/1'] },
  ])
  assert.deepEqual(ntp.ports(parsed({ nts: false, port: 1123 })), [{ transport: 'udp', port: 1123 }])
})

test('quantities with a sign, references, keys, servers', () => {
  const config = parsed({
    offset: '-1.5s',
    drift: '-20.5ppm',
    reference: '192.0.2.1',
    nts: 4461,
    keys: [
      { id: 5, type: 'AES128', secret: 'hex:000102030405060708090a0b0c0d0e0f' },
      { id: 6, type: 'MD5', secret: 'secret' },
    ],
  })
  assert.deepEqual(
    [config.offsetMs, config.driftPpm, config.referenceId, config.ntsPort],
    [-1500, -20.5, 0xc0000201, 4461],
  )
  assert.deepEqual(
    config.keys.map(({ secret }) => Buffer.from(secret).toString('hex')),
    ['000102030405060708090a0b0c0d0e0f', '736563726574'],
  )
  const { servers } = parsed({ servers: ['time.harbor.test', { host: '192.0.2.1', nts: true, interleaved: true }] })
  assert.deepEqual(
    servers?.map(({ host, port, nts, interleaved }) => [host, port, nts, interleaved]),
    [
      ['time.harbor.test', 123, false, false],
      ['192.0.2.1', 123, true, true],
    ],
  )
})

test('what contradicts itself, or cannot be', () => {
  for (const [input, ...wanted] of [
    [{ stratum: 16 }, /stratum/],
    [{ stratum: 2, servers: ['a'] }, /stratum follows/],
    [{ reference: 'GPS', servers: ['a'] }, /reference follows/],
    [{ reference: 'GALILEO' }, /up to four letters/],
    [{ offset: 'soon' }, /-500ms/],
    [{ drift: '20' }, /ppm/],
    [{ deny: ['everyone'] }, /range/],
    [{ 'min-poll': 9, 'max-poll': 7 }, /min-poll/],
    [{ keys: [{ id: 1, type: 'AES128', secret: 'hex:00' }] }, /16 octets/],
    [{ keys: [{ id: 1, type: 'AES128', secret: 'hex:0' }] }, /hex digits/],
    [
      {
        keys: [
          { id: 1, type: 'MD5', secret: 'a' },
          { id: 1, type: 'MD5', secret: 'b' },
        ],
      },
      /same id/,
    ],
    [{ servers: [{ host: 'a', key: 3 }] }, /no key 3/],
  ] as const) {
    const got = problems(input).join('\n')
    for (const one of wanted) assert.match(got, one, JSON.stringify(input))
  }
})
