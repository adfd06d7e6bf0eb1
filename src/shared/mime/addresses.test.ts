import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededRandom } from '../../sim/seeded.ts'
import { addressesIn, addressSpec, parseAddresses, type AddressEntry } from './addresses.ts'

/** `name|route|local|domain`, a group as `name:[...]`. */
function shown(entry: AddressEntry): string {
  if (entry.kind === 'group') return `${entry.name}:[${entry.members.map(shown).join(' ')}]`
  return `${entry.name ?? ''}|${entry.route ?? ''}|${entry.local}|${entry.domain}`
}

const LISTS: readonly (readonly [text: string, ...entries: string[]])[] = [
  [''],
  [' , ,, '],
  ['a@b', '||a|b'],
  ['<a@b>', '||a|b'],
  ['Joe Q. Public <john.q.public@example.com>', 'Joe Q. Public||john.q.public|example.com'],
  [
    'Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>',
    'Mary Smith||mary|x.test',
    '||jdoe|example.org',
    'Who?||one|y.test',
  ],
  [
    '<boss@nil.test>, "Giant; \\"Big\\" Box" <sysservices@example.net>',
    '||boss|nil.test',
    'Giant; "Big" Box||sysservices|example.net',
  ],
  [
    'A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;',
    'A Group:[Ed Jones||c|a.test ||joe|where.test John||jdoe|one.test]',
  ],
  ['Undisclosed recipients:;', 'Undisclosed recipients:[]'],
  ['(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;', 'Hidden recipients:[]'],
  ['Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>', 'Pete||pete|silly.test'],
  ["Chris Jones <c@(Chris's host.)public.example>", 'Chris Jones||c|public.example'],
  [
    'Mary Smith <@node.test,@b.test:mary@example.net>, , jdoe@test  . example',
    'Mary Smith|@node.test,@b.test|mary|example.net',
    '||jdoe|test.example',
  ],
  ['john . q . public @ x', '||john.q.public|x'],
  ['"john doe"@x', '||john doe|x'],
  ['"john \\"x\\" doe"@x', '||john "x" doe|x'],
  ['root (Cron Daemon)', 'Cron Daemon||root|'],
  ['joe@x (Joe Public)', 'Joe Public||joe|x'],
  ['a@b (Ann), c@d', 'Ann||a|b', '||c|d'],
  ['Hello World', 'Hello World|||'],
  ['foo@bar <foo@baz>', 'foo@bar||foo|baz'],
  ['a@b; c@d', '||a|b', '||c|d'],
  ['G: a@b; H: c@d;, e@f', 'G:[||a|b]', 'H:[||c|d]', '||e|f'],
  ['x@[192.0.2.1]', '||x|[192.0.2.1]'],
  ['x@[IPv6: 2001:db8::1] (me)', 'me||x|[IPv6:2001:db8::1]'],
  ['=?utf-8?q?J=C3=B6?= <j@x>', '=?utf-8?q?J=C3=B6?=||j|x'],
  ['J\xc3\xb6 <j@x>', 'J\xc3\xb6||j|x'],
  ['"unclosed <a@b>', '||unclosed <a@b>|'],
  ['Name <a@b', 'Name||a|b'],
  ['Name <>', 'Name|||'],
  ['<>', '|||'],
  ['Name <a@b> trailing, c@d', 'Name||a|b', '||c|d'],
  ['"" <a@b>', '||a|b'],
  ['(unclosed a@b'],
  ['@x', '|||x'],
]

test('lists of addresses, as they should be and as they are', () => {
  for (const [text, ...entries] of LISTS) assert.deepEqual(parseAddresses(text).map(shown), entries, text)
})

test('groups taken apart, and addresses without their names', () => {
  const found = addressesIn('G: a@b, "c d"@e;, Joe')
  assert.deepEqual(found.map(addressSpec), ['a@b', 'c d@e', 'Joe'])
})

test('any text ends', () => {
  const random = new SeededRandom(11)
  for (let round = 0; round < 3000; round++) {
    const length = random.u32() % 40
    const text = Array.from({ length }, () => '<>()[]:;@,."\\ ab\xa0'[random.u32() % 17]).join('')
    assert.ok(parseAddresses(text).length <= length)
  }
})
