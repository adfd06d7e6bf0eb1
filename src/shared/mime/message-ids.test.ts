import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMessageId, parseMessageIds } from './message-ids.ts'

const READ: readonly (readonly [text: string, ...ids: string[]])[] = [
  [''],
  ['<a@b>', 'a@b'],
  ['<a@b> <c@d>\t<e@f>', 'a@b', 'c@d', 'e@f'],
  ['<a@b><c@d>', 'a@b', 'c@d'],
  ['Your message of "Tue" <a@b> (x)', 'a@b'],
  ['<"01KF8JCEOCBS0045PS"@xxx.yyy.com>', '01KF8JCEOCBS0045PS@xxx.yyy.com'],
  ['<"a>b"@c>', 'a>b@c'],
  ['< (x) a @ b >', 'a@b'],
  ['<a@[192.0.2.1]>', 'a@[192.0.2.1]'],
  ['<a@b'],
  ['<a <c@d>', 'c@d'],
  ['<a> <@b> <c@>'],
  ['<"unclosed@b> <c@d>', 'c@d'],
]

test('ids in all their spellings', () => {
  for (const [text, ...ids] of READ) assert.deepEqual(parseMessageIds(text), ids, text)
  assert.equal(parseMessageId('x <a@b> <c@d>'), 'a@b')
})
