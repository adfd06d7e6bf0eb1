import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fieldsNamed, fieldsOf, fieldValue, headerOf, headerValue, headerValues } from './fields.ts'

const bytes = Buffer.from(
  'From mbox line without a colon\r\nSubject: one\r\n  two \r\nX-Empty:\r\nsubject : three\r\nno field\r\nTo: a:b\nLast: \xe9\xa0\r\n\r\nBody: x\r\n',
  'latin1',
)
const header = headerOf(bytes)

test('the header ends with its empty line', () => {
  assert.equal(bytes.toString('latin1', header.bodyStart), 'Body: x\r\n')
  assert.equal(headerOf(Buffer.from('A: b')).bodyStart, 4)
  assert.equal(headerOf(Buffer.from('\n\n')).bodyStart, 1)
})

test('fields in order, unfolded', () => {
  const found = fieldsOf(bytes, header).map((field) => [field.name, fieldValue(bytes, field)])
  const subjects = [
    ['subject', 'one  two'],
    ['x-empty', ''],
    ['subject', 'three'],
  ]
  assert.deepEqual(found, [...subjects, ['to', 'a:b'], ['last', '\xe9\xa0']])
})

test('fields as they stand', () => {
  const [first] = fieldsNamed(bytes, header, 'subject')
  assert.equal(first && bytes.toString('latin1', first.start, first.end), 'Subject: one\r\n  two \r\n')
})

test('fields by name', () => {
  assert.deepEqual(headerValues(bytes, header, 'subject'), ['one  two', 'three'])
  assert.equal(headerValue(bytes, header, 'to'), 'a:b')
  assert.equal(headerValue(bytes, header, 'x-empty'), '')
  assert.equal(headerValue(bytes, header, 'sub'), undefined)
  assert.equal(headerValue(bytes, header, 'body'), undefined)
})
