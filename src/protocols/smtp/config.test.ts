// The world file's settings of a mail server: defaults, quantities, and each mistake in words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConfigError } from '../../core/failure.ts'
import { answersOf, smtpConfig } from './config.ts'
import { smtp } from './index.ts'
import { DEFAULT_LIMITS } from './server/limits.ts'

function parsed(input: unknown) {
  const config = smtpConfig.parse(input)
  assert.ok(!isConfigError(config))
  return config
}

function problems(input: unknown): string[] {
  const config = smtpConfig.parse(input)
  assert.ok(isConfigError(config))
  return config.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

test('without a word: three ports and the usual limits', () => {
  const config = parsed(undefined)
  assert.deepEqual(config.limits, DEFAULT_LIMITS)
  assert.deepEqual(smtp.ports(config), [
    { transport: 'tcp', port: 25 },
    { transport: 'tcp', port: 587 },
    { transport: 'tcp', port: 465, tls: 'implicit' },
  ])
  assert.deepEqual([config.anySender, config.authenticate, config.sign], [false, 'mark', true])
})

test('ports can be several or none', () => {
  const config = parsed({ port: [25, 2525], 'submission-port': false, 'secure-port': false })
  assert.deepEqual(
    smtp.ports(config).map(({ port }) => port),
    [25, 2525],
  )
})

test('quantities and aliases are read', () => {
  const config = parsed({
    message: '1MiB',
    limits: { idle: '30s' },
    aliases: { Team: 'a@b.test', 'X@b.test': ['a@b.test', 'c@d.test'] },
  })
  assert.deepEqual([config.limits.messageMaxBytes, config.limits.idleMs], [1_048_576, 30_000])
  assert.deepEqual(
    [...config.aliases],
    [
      ['team', ['a@b.test']],
      ['x@b.test', ['a@b.test', 'c@d.test']],
    ],
  )
})

test('rules answer with a reply or with none', () => {
  const answers = [
    { at: 'rcpt', to: '*@b.test', first: 1, reply: '451 4.7.1 later' },
    { at: 'connect', reply: 'hang-up' },
  ]
  const rules = answersOf(parsed({ answers }))
  const facts = { peer: { ip: '192.0.2.1' }, to: ['a@b.test'] }
  assert.deepEqual(rules.decide('rcpt', facts), { code: 451, enhanced: '4.7.1', lines: ['later'] })
  assert.equal(rules.decide('rcpt', facts), undefined)
  assert.equal(rules.decide('connect', facts), 'hang-up')
})

test('mistakes are told where they stand', () => {
  assert.deepEqual(problems({ port: 0 }), ['port: a port is 1 to 65535'])
  assert.deepEqual(problems({ aliases: { 'a b': 'a@b.test' } }), [
    'aliases.a b: expected an address or what stands before its @',
  ])
  assert.deepEqual(problems({ aliases: { a: ['b'] } }), ['aliases.a.0: expected an address such as alice@harbor.test'])
  const wrong = 'expected a reply such as "451 4.3.0 try again later", or hang-up'
  assert.deepEqual(problems({ answers: [{ at: 'rcpt', reply: 'no' }] }), [`answers.0.reply: ${wrong}`])
  assert.deepEqual(problems({ answers: [{ at: 'rcpt', reply: '250 ok' }] }), [
    'answers: replies below 400 are for `at: message`, where the mail is dropped, and `at: quit`',
  ])
  assert.deepEqual(problems({ anysender: true }), ['anysender: unknown key "anysender"; did you mean "any-sender"?'])
})
