import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SortCriterion, SortKey } from '../messages.ts'
import type { SortedMessage } from './header-facts.ts'
import { sortEntries, sortEntry } from './sort.ts'

function message(sequence: number, header: string, receivedMs = sequence, size = 100): SortedMessage {
  return { uid: sequence * 10, sequence, receivedMs, size, head: () => Buffer.from(`${header}\r\n`, 'latin1') }
}

const MESSAGES: readonly SortedMessage[] = [
  message(
    1,
    'Date: Thu, 1 Jan 1970 00:00:05 +0000\r\nSubject: Re: pears\r\nFrom: Zoe <ann@x>\r\nTo: b@x\r\nCc: q@x\r\n',
    30,
    5,
  ),
  message(2, 'Date: Thu, 1 Jan 1970 02:00:03 +0200\r\nSubject: Apples\r\nFrom: bob@x\r\nTo: a@y\r\n', 20, 7),
  message(3, 'Subject: pears\r\nFrom: "Ann" <Zed@x>\r\nTo: =?utf-8?Q?=C3=84nne?= <c@x>\r\nCc: p@x, a@x\r\n', 10, 5),
]

function sorted(...keys: readonly (SortKey | `-${SortKey}`)[]): string {
  const criteria = keys.map((key): SortCriterion => {
    const [, reverse, name] = /^(-?)(.*)$/.exec(key) ?? []
    return { key: SORT_NAMES.find((known) => known === name) ?? 'SIZE', reverse: reverse === '-' }
  })
  const entries = MESSAGES.map((one) => sortEntry(one, criteria))
  return sortEntries(entries, criteria)
    .map(({ sequence }) => sequence)
    .join('')
}

const SORT_NAMES = ['ARRIVAL', 'CC', 'DATE', 'FROM', 'SIZE', 'SUBJECT', 'TO', 'DISPLAYFROM', 'DISPLAYTO'] as const

test('every key, both ways, equal ones in the order of the mailbox', () => {
  assert.equal(sorted('ARRIVAL'), '321')
  assert.equal(sorted('-ARRIVAL'), '123')
  assert.equal(sorted('SIZE'), '132')
  assert.equal(sorted('-SIZE'), '213')
  assert.equal(sorted('SIZE', 'ARRIVAL'), '312')
  assert.equal(sorted('SUBJECT'), '213')
  assert.equal(sorted('-SUBJECT'), '132')
  assert.equal(sorted('SUBJECT', '-DATE'), '213')
  assert.equal(sorted('FROM'), '123')
  assert.equal(sorted('TO'), '213')
  assert.equal(sorted('CC'), '231')
  assert.equal(sorted('DISPLAYFROM'), '321')
  assert.equal(sorted('DISPLAYTO'), '231')
  assert.equal(sorted(), '123')
})

test('a date is a moment whatever its zone, and the internal date where there is none', () => {
  assert.equal(sorted('DATE'), '321')
})
