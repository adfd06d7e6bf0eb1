import assert from 'node:assert/strict'
import { test } from 'node:test'
import { domainOf, parseHostName, parseOwnerName } from './names.ts'

for (const [text, expected] of [
  ['WWW.Harbor.test.', 'www.harbor.test'],
  ['laptop', 'laptop'],
  ['häfen.test', 'xn--hfen-loa.test'],
  ['42', undefined],
  ['192.0.2.1', undefined],
  ['-a.test', undefined],
  ['a..test', undefined],
  ['', undefined],
  ['.', undefined],
  ['a b.test', undefined],
  ['_sip.test', undefined],
  [`${'a'.repeat(64)}.test`, undefined],
  [`${'a'.repeat(63)}.test`, `${'a'.repeat(63)}.test`],
  ['abc.'.repeat(64), undefined],
] as const) {
  test(`"${text.slice(0, 30)}" as a host name is ${expected?.slice(0, 30)}`, () =>
    assert.equal(parseHostName(text), expected))
}

test('owners of records may be services and wildcards', () => {
  assert.equal(parseOwnerName('_sip._tcp.harbor.test'), '_sip._tcp.harbor.test')
  assert.equal(parseOwnerName('*.harbor.test'), '*.harbor.test')
})

test('a name belongs to the most specific domain', () => {
  const domains = ['harbor.test', 'inner.harbor.test', 'test.example']
  assert.equal(domainOf('www.inner.harbor.test', domains), 'inner.harbor.test')
  assert.equal(domainOf('harbor.test', domains), 'harbor.test')
  assert.equal(domainOf('xharbor.test', domains), undefined)
})
