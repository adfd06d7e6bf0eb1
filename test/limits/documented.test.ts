// docs/limits.md says what the code does: every number in it is the constant beside it, and none of the pages of limits in
// the code is left out.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = new URL('../../', import.meta.url)
/** Files that hold nothing but limits, and so stand in the page whole. */
const WHOLE_FILES = [
  'core/limits.ts',
  'mailboxes/limits.ts',
  'net/detect/limits.ts',
  'net/faults/limits.ts',
  'net/world/limits.ts',
  'protocols/ftp/server/limits.ts',
  'protocols/http/server/limits.ts',
  'protocols/imap/server/limits.ts',
  'protocols/pop3/server/limits.ts',
  'protocols/resolver/limits.ts',
  'protocols/smtp/server/limits.ts',
  'protocols/ssh/limits.ts',
  'zones/limits.ts',
]

interface Row {
  readonly value: number
  readonly file: string
  readonly name: string
}

const page = readFileSync(fileURLToPath(new URL('docs/limits.md', ROOT)), 'utf8')
const rows = page.split('\n').flatMap(rowOf)
const source = (file: string) => readFileSync(fileURLToPath(new URL(`src/${file}`, ROOT)), 'utf8')

function rowOf(line: string): Row[] {
  const found = /^\| [^|]+\| +([\d,]+) +\|.*\| `([^`]+)` `([^`]+)` +\|$/.exec(line)
  const [, value = '', file = '', name = ''] = found ?? []
  return found === null ? [] : [{ value: Number(value.replaceAll(',', '')), file, name }]
}

/** The number that stands behind `NAME =` or `name:`; products, shifts and powers are worked out. */
function constantIn(text: string, name: string): number | undefined {
  const found = new RegExp(`\\b${name}(?: =|:) (\\d[\\d_ *<]*)`).exec(text)?.[1]
  if (found === undefined) return undefined
  const shifted = found
    .replaceAll('_', '')
    .split('<<')
    .map((part) => part.split('*').reduce((all, one) => all * Number(one), 1))
  return (shifted[0] ?? 0) * 2 ** (shifted[1] ?? 0)
}

test('the page has rows', () => assert.ok(rows.length > 160, `${rows.length} rows`))

for (const { value, file, name } of rows)
  test(`${file} ${name} is ${value}`, () => assert.equal(constantIn(source(file), name), value))

test('no limit of a file of limits is missing', () => {
  const missing = WHOLE_FILES.flatMap((file) => {
    const names = [...source(file).matchAll(/^(?:export const ([A-Z_]+) = \d| {2}([a-zA-Z]+): \d)/gm)]
    return names.map(([, constant, key]) => `${file} ${constant ?? key}`)
  }).filter((limit) => !rows.some(({ file, name }) => `${file} ${name}` === limit))
  assert.deepEqual(missing, [])
})
