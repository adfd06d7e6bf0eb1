// Mailboxes and paths as RFC 5321 §4.1.2 and RFC 6531 §3.3 write them, and what is none.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatLiteral, literalAddress, parseMailbox, parsePath } from './address.ts'
import { decodeXtext, encodeXtext } from './xtext.ts'

const MAILBOXES: readonly [string, string, string, string?][] = [
  ['alice@harbor.test', 'alice', 'harbor.test'],
  ['Alice.B+tag@HARBOR.Test', 'Alice.B+tag', 'harbor.test', 'Alice.B+tag@harbor.test'],
  ['"a b"@harbor.test', 'a b', 'harbor.test'],
  ['"alice"@harbor.test', 'alice', 'harbor.test', 'alice@harbor.test'],
  [String.raw`"a\"\\@>b"@harbor.test`, String.raw`a"\@>b`, 'harbor.test'],
  [String.raw`"\a"@harbor.test`, 'a', 'harbor.test', 'a@harbor.test'],
  ['""@harbor.test', '', 'harbor.test'],
  ['a@[192.0.2.1]', 'a', '[192.0.2.1]'],
  ['a@[IPv6:2001:DB8:0::1]', 'a', '[IPv6:2001:db8::1]', 'a@[IPv6:2001:db8::1]'],
  ['zoé@bücher.test', 'zoé', 'bücher.test'],
  ['用户@例え.test', '用户', '例え.test'],
  ["!#$%&'*+-/=?^_`{|}~@x", "!#$%&'*+-/=?^_`{|}~", 'x'],
  ['postmaster', 'postmaster', '', 'postmaster'],
  [`${'x'.repeat(252)}@y`, 'x'.repeat(252), 'y'],
]

test('mailboxes are read and written', () => {
  for (const [text, local, domain, address = text] of MAILBOXES) {
    assert.deepEqual(parseMailbox(text), { local, domain, address }, text)
    if (domain !== '') assert.deepEqual(parseMailbox(address), { local, domain, address }, address)
  }
})

const NO_MAILBOXES = [
  '',
  'alice',
  '@harbor.test',
  'alice@',
  'a@b@c',
  '.a@b',
  'a.@b',
  'a..b@c',
  'a b@c',
  'a@b..c',
  'a@-b',
  'a@b-',
  'a@b_c',
  'a@b.',
  'a@[192.0.2.256]',
  'a@[2001:db8::1]',
  'a@[IPv6:192.0.2.1]',
  'a@[x:y]',
  '"a@b',
  'a"b@c',
  '"a"b"@c',
  '"a\nb"@c',
  `${'a'.repeat(253)}@b`,
  `a@${'b'.repeat(64)}`,
  `${'a'.repeat(60)}@${'b.'.repeat(100)}c`,
]

test('what is no mailbox is told apart', () => {
  for (const text of NO_MAILBOXES) assert.equal(parseMailbox(text), undefined, JSON.stringify(text))
})

function path(text: string): unknown {
  const found = parsePath(text)
  return found === undefined ? undefined : [found.mailbox?.address, found.rest]
}

test('paths end at their bracket, routes are dropped', () => {
  assert.deepEqual(path('<>'), [undefined, ''])
  assert.deepEqual(path('<a@b> SIZE=1 BODY=7BIT'), ['a@b', 'SIZE=1 BODY=7BIT'])
  assert.deepEqual(path('  <a@b>'), ['a@b', ''])
  assert.deepEqual(path('a@b X'), ['a@b', 'X'])
  assert.deepEqual(path('<"x> y"@b> Z'), ['"x> y"@b', 'Z'])
  assert.deepEqual(path('<@r1.test,@r2.test:a@b>'), ['a@b', ''])
  assert.deepEqual(path('<Postmaster>'), ['Postmaster', ''])
  for (const text of ['', '<', '<a@b', '<a@b>X', '<"a@b>', '<<a@b>>', '< a@b >']) {
    assert.equal(parsePath(text), undefined, JSON.stringify(text))
  }
})

test('literals and addresses', () => {
  assert.equal(literalAddress('[IPv6:2001:db8:0::1]'), '2001:db8::1')
  assert.equal(literalAddress('harbor.test'), undefined)
  assert.equal(formatLiteral('192.0.2.1'), '[192.0.2.1]')
  assert.equal(formatLiteral('2001:db8::1'), '[IPv6:2001:db8::1]')
})

test('xtext both ways', () => {
  for (const [plain, encoded] of [
    ['a+b=c', 'a+2Bb+3Dc'],
    ['x y', 'x+20y'],
    ['QQ314159', 'QQ314159'],
    ['é', '+E9'],
  ] as const) {
    assert.equal(encodeXtext(plain), encoded)
    assert.equal(decodeXtext(encoded), plain)
  }
  for (const wrong of ['a b', '+', '+2', '+2b', 'a=b', 'é']) assert.equal(decodeXtext(wrong), undefined, wrong)
})
