import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closest, didYouMean } from './closest.ts'

const SERVICES = ['dns', 'http', 'imap', 'smtp']

for (const [word, expected] of [
  ['htpt', 'http'],
  ['HTTP', 'http'],
  ['http2', 'http'],
  ['imapp', 'imap'],
  ['dn', 'dns'],
  ['gopher', undefined],
  ['', undefined],
] as const) {
  test(`the service nearest to "${word}" is ${expected}`, () => {
    assert.equal(closest(word, SERVICES), expected)
  })
}

test('a question is added only when there is something to ask', () => {
  assert.equal(didYouMean('htpp', SERVICES), '; did you mean "http"?')
  assert.equal(didYouMean('gopher', SERVICES), '')
})

test('nothing is near to nothing', () => {
  assert.equal(closest('', ['a']), undefined)
})

test('a megabyte is compared by its beginning only', () => {
  assert.equal(closest('x'.repeat(1 << 20), ['y'.repeat(1 << 20)]), undefined)
})
