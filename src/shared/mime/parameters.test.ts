import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parameterOf, parseContentType, parseDisposition } from './parameters.ts'

/** A value, then its parameters as `name=value`. */
const READ: readonly (readonly [text: string, ...expected: string[]])[] = [
  ['text/plain', 'text/plain'],
  ['text/plain; charset=us-ascii (Plain text)', 'text/plain', 'charset=us-ascii'],
  ['text/plain; charset="us-ascii"', 'text/plain', 'charset=us-ascii'],
  ['Text/Plain;CharSet=X;a=b', 'Text/Plain', 'CharSet=X', 'a=b'],
  ['a/b; name=two words; c=d', 'a/b', 'name=two', 'c=d'],
  ['a/b; name=x=y.pdf', 'a/b', 'name=x=y.pdf'],
  ['a/b; name="q\\"uo;te"; c=d', 'a/b', 'name=q"uo;te', 'c=d'],
  ['a/b; name = spaced ; = ;; novalue; c=d', 'a/b', 'name=spaced', 'c=d'],
  ['a/b; name="unclosed', 'a/b', 'name=unclosed'],
  ['a/b; name=', 'a/b', 'name='],
  ['a/b charset=x; c=d', 'a/b', 'c=d'],
  [
    'message/external-body; access-type=URL; URL*0="ftp://"; URL*1="cs.utk.edu/x.tar"',
    'message/external-body',
    'access-type=URL',
    'URL=ftp://cs.utk.edu/x.tar',
  ],
  ["a/b; title*=us-ascii'en-us'This%20is%20fun", 'a/b', "title*=us-ascii'en-us'This%20is%20fun"],
  [
    "a/b; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2=\"isn't it!\"",
    'a/b',
    "title*=us-ascii'en'This%20is%20even%20more%20%2A%2A%2Afun%2A%2A%2A%20isn%27t%20it!",
  ],
  ['a/b; f*1=two; f*0=one; f*3=lost', 'a/b', 'f=onetwo'],
  ['a/b; f*1=lost; c=d', 'a/b', 'c=d'],
  ['a/b; f*0=a; f*1*=%C3%BC', 'a/b', "f*=''a%C3%BC"],
]

test('types and their parameters', () => {
  for (const [text, value, ...parameters] of READ) {
    const read = parseContentType(text)
    assert.equal(read?.value, value)
    assert.deepEqual(
      read?.parameters.map((parameter) => `${parameter.name}=${parameter.value}`),
      parameters,
      text,
    )
  }
})

test('what is no type', () => {
  for (const text of ['', 'text', 'text/', '/plain', ';', '(text/plain)'])
    assert.equal(parseContentType(text), undefined)
  assert.equal(parseDisposition(';filename=x'), undefined)
})

const of = (text: string) => parameterOf(parseDisposition(`attachment; ${text}`), 'filename')

test('parameters decoded, the encoded spelling before the plain one', () => {
  assert.equal(of('FileName=x'), 'x')
  assert.equal(of("filename=plain; filename*=utf-8''gr%C3%BC%C3%9Fe"), 'grüße')
  assert.equal(of("filename*=iso-8859-1'de'gr%FC%DFe"), 'grüße')
  assert.equal(of("filename*0*=utf-8''%C3; filename*1*=%BC"), 'ü')
  assert.equal(of('filename="gr\xc3\xbc"'), 'grü')
  assert.equal(of('filename*=broken%zz'), 'broken%zz')
  assert.equal(of('other=x'), undefined)
})
