// Zone files: what is read of them, what is told of wrong ones, and that what is written reads back.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { failure } from '../../../core/failure.ts'
import { INCLUDE_DEPTH_MAX, PROBLEMS_MAX, readZoneFile } from './reader.ts'
import { readRecords } from './records.ts'
import type { ZoneFileOptions } from './sink.ts'
import { formatRecord, formatZoneFile } from './writer.ts'

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text))
const options: ZoneFileOptions = { origin: 'a.test', path: 'zone', ttlSeconds: 60 }

/** Records as lines of single blanks; problems as `line:column message`. */
function read(text: string, changes: Partial<ZoneFileOptions> = {}): { lines: string[]; problems: string[] } {
  const { records, problems } = readRecords(bytesOf(text), { ...options, ...changes })
  return {
    lines: records.map((record) => formatRecord(record).replaceAll('\t', ' ').replace(' IN ', ' ')),
    problems: problems.map(
      ({ path, line, column, message }) => `${path === 'zone' ? '' : path}${line}:${column} ${message}`,
    ),
  }
}

function lines(text: string, changes: Partial<ZoneFileOptions> = {}): string[] {
  const { lines, problems } = read(text, changes)
  assert.deepEqual(problems, [])
  return lines
}

describe('records', () => {
  const table: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'owners: relative, whole, @, none',
      'w A 192.0.2.1\nx.test. A 192.0.2.2\n@ A 192.0.2.3\n\tA 192.0.2.4',
      ['w.a.test. 60 A 192.0.2.1', 'x.test. 60 A 192.0.2.2', 'a.test. 60 A 192.0.2.3', 'a.test. 60 A 192.0.2.4'],
    ],
    ['owners are folded, data is not', 'WWW CNAME Web', ['www.a.test. 60 CNAME Web.a.test.']],
    [
      'TTL and class in any order',
      'a 5 IN A 1.2.3.4\nb IN 6 A 1.2.3.4\nc in a 1.2.3.4\nd CLASS1 TYPE1 1.2.3.4',
      ['a.a.test. 5 A 1.2.3.4', 'b.a.test. 6 A 1.2.3.4', 'c.a.test. 6 A 1.2.3.4', 'd.a.test. 6 A 1.2.3.4'],
    ],
    [
      'TTL with units',
      '$TTL 1W1d\na A 1.2.3.4\nb 1h30M A 1.2.3.4\nc A 1.2.3.4',
      ['a.a.test. 691200 A 1.2.3.4', 'b.a.test. 5400 A 1.2.3.4', 'c.a.test. 691200 A 1.2.3.4'],
    ],
    [
      'the times of an SOA may have units',
      '$TTL 5\n@ SOA ns h 1 1h 10M 1w2d 1h30m5s',
      ['a.test. 5 SOA ns.a.test. h.a.test. 1 3600 600 777600 5405'],
    ],
    [
      'the TTL of an SOA is its minimum where none is stated',
      '@ SOA ns h 1 2 3 4 77\n@ NS ns',
      ['a.test. 77 SOA ns.a.test. h.a.test. 1 2 3 4 77', 'a.test. 77 NS ns.a.test.'],
    ],
    [
      'parentheses and comments',
      '@ SOA ns h ( 1 ; (serial\n 2 3\n4 5 ) ; x\n;\n  ; y\n\nw (\nA 1.2.3.4\n)',
      ['a.test. 5 SOA ns.a.test. h.a.test. 1 2 3 4 5', 'w.a.test. 5 A 1.2.3.4'],
    ],
    [
      'addresses',
      'a AAAA ::\na AAAA ::1\na AAAA 1::\na AAAA 1:2:3:4:5:6:7:8\na AAAA 2001:DB8::1.2.3.4\na AAAA 1::3:0:5',
      [
        'a.a.test. 60 AAAA ::',
        'a.a.test. 60 AAAA ::1',
        'a.a.test. 60 AAAA 1::',
        'a.a.test. 60 AAAA 1:2:3:4:5:6:7:8',
        'a.a.test. 60 AAAA 2001:db8::102:304',
        'a.a.test. 60 AAAA 1::3:0:5',
      ],
    ],
    [
      'strings',
      'a TXT "x;y" z "" "\\"\\200"\na TXT ä\na TXT "ä("',
      ['a.a.test. 60 TXT "x;y" "z" "" "\\"\\200"', 'a.a.test. 60 TXT "\\195\\164"', 'a.a.test. 60 TXT "\\195\\164("'],
    ],
    [
      'escapes in names',
      'a\\.b A 1.2.3.4\n\\097 MX 5 c\\032d\nx\\@ CNAME .',
      ['a\\.b.a.test. 60 A 1.2.3.4', 'a.a.test. 60 MX 5 c\\032d.a.test.', 'x\\@.a.test. 60 CNAME .'],
    ],
    [
      'unknown types',
      'a TYPE65280 \\# 2 AB cd\na TYPE1 \\# 4 01020304\na A \\# 4 ( 0102\n0304 )',
      ['a.a.test. 60 TYPE65280 \\# 2 ABCD', 'a.a.test. 60 A 1.2.3.4', 'a.a.test. 60 A 1.2.3.4'],
    ],
    [
      'data of many words',
      'a HTTPS 1 . alpn="h2,h3" port=8443\na CAA 0 issue "ca;x"\na DS 1 13 2 AB ( CD\n EF)',
      [
        'a.a.test. 60 HTTPS 1 . alpn=h2,h3 port=8443',
        'a.a.test. 60 CAA 0 issue "ca;x"',
        'a.a.test. 60 DS 1 13 2 ABCDEF',
      ],
    ],
    ['$ORIGIN', '$ORIGIN b\nw A 1.2.3.4\n$origin .\nw MX 1 @\n', ['w.b.a.test. 60 A 1.2.3.4', 'w. 60 MX 1 .']],
    [
      'line ends of other systems',
      'a A 1.2.3.4\r\n\r\nb TXT "x"\r\n',
      ['a.a.test. 60 A 1.2.3.4', 'b.a.test. 60 TXT "x"'],
    ],
  ]
  for (const [name, text, expected] of table) test(name, () => assert.deepEqual(lines(text), expected))

  test('say whether the owner is the one before', () => {
    const same: boolean[] = []
    const text = 'a A 1.2.3.4\nA MX 1 b\n TXT x\nb A 1.2.3.4\n$ORIGIN a.test.\nb NS c\na NS c'
    readZoneFile(bytesOf(text), options, { record: (record) => same.push(record.sameOwner) })
    assert.deepEqual(same, [false, true, true, false, true, false])
  })
})

describe('$GENERATE', () => {
  // As another implementation reads them, but for the second word of the text.
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['1-2 h$ A 10.0.0.$', ['h1.a.test. 60 A 10.0.0.1', 'h2.a.test. 60 A 10.0.0.2']],
    [
      '0-4/2 $ 5 IN CNAME x${1,3}',
      ['0.a.test. 5 CNAME x001.a.test.', '2.a.test. 5 CNAME x003.a.test.', '4.a.test. 5 CNAME x005.a.test.'],
    ],
    [
      '10-11 ${-1,0,d} PTR h${0,4,x}-${0,2,X}-${0,3,o}',
      ['9.a.test. 60 PTR h000a-0A-012.a.test.', '10.a.test. 60 PTR h000b-0B-013.a.test.'],
    ],
    ['18-18 ${0,7,n}.r PTR a$$b\\$c', ['2.1.0.0.r.a.test. 60 PTR a\\$b\\$c.a.test.']],
    ['18-18 ${0,1,n}.${0,8,n}r PTR a', ['2.1.2.1.0.0.r.a.test. 60 PTR a.a.test.']],
    ['1-2 z${-5,4} CNAME x${-5}', ['z-004.a.test. 60 CNAME x-4.a.test.', 'z-003.a.test. 60 CNAME x-3.a.test.']],
    ['1-1 t TXT "n $" x', ['t.a.test. 60 TXT "n 1" "x"']],
  ]
  for (const [text, expected] of table) test(text, () => assert.deepEqual(lines(`$GENERATE ${text}`), expected))

  test('is bounded, and tells its own place', () => {
    assert.match(read('\n $\n$GENERATE 0-99999999 a A 1.2.3.4').problems.at(-1) ?? '', /^3:11 a range is/)
    assert.match(read('$GENERATE 1-2 a A 1.2.3.${x}').problems[0] ?? '', /OFFSET,WIDTH,BASE/)
    const { lines, problems } = read('\n$GENERATE 254-257 a A 1.2.3.$')
    assert.deepEqual([lines.length, problems.length], [2, 2])
    assert.match(problems[0] ?? '', /^2:1 "1.2.3.256" is no IPv4/)
  })
})

describe('$INCLUDE', () => {
  const files: Readonly<Record<string, string>> = {
    one: 'x A 1.2.3.4\n$ORIGIN elsewhere.\ny A 1.2.3.4',
    loop: '$INCLUDE loop',
    bad: '\n x',
  }
  const include = (path: string) => {
    const text = files[path]
    return text === undefined ? failure('ENOENT', 'no such file') : bytesOf(text)
  }

  test('reads in place, with an origin of its own', () => {
    assert.deepEqual(lines('w A 1.2.3.4\n$INCLUDE one b\n A 1.2.3.5', { include }), [
      'w.a.test. 60 A 1.2.3.4',
      'x.b.a.test. 60 A 1.2.3.4',
      'y.elsewhere. 60 A 1.2.3.4',
      'w.a.test. 60 A 1.2.3.5',
    ])
  })

  test('tells what is wrong, and where', () => {
    assert.deepEqual(read('$INCLUDE none', { include }).problems, ['1:1 none: no such file'])
    assert.deepEqual(read('$INCLUDE one').problems, ['1:1 $INCLUDE has no place here'])
    assert.deepEqual(read('$INCLUDE "bad"', { include }).problems, ['bad2:2 a record without an owner before it'])
    assert.deepEqual(read('$INCLUDE loop', { include }).problems, [
      `loop1:1 includes more than ${INCLUDE_DEPTH_MAX} deep`,
    ])
  })
})

describe('problems', () => {
  const table: readonly (readonly [string, string])[] = [
    ['a A 1.2.3', '1:5 "1.2.3" is no IPv4 address'],
    ['a A 1.2.3.4 x', '1:13 "x" is one field too many'],
    ['a\n', '1:2 a type is missing'],
    ['a NOPE 1', '1:3 "NOPE" is neither a type, a class nor a TTL'],
    ['a CH A 1.2.3.4', '1:3 class CH: zones here are of class IN'],
    ['a AXFR x', '1:3 AXFR is no type of records in zones'],
    ['a 1x A 1.2.3.4', '1:3 not a TTL: up to 2147483647 seconds, or as 1h30m'],
    ['a 1 2 A 1.2.3.4', '1:5 a second TTL'],
    [' A 1.2.3.4', '1:2 a record without an owner before it'],
    ['a..b A 1.2.3.4', '1:1 "a..b.a.test" is no domain name: an empty label'],
    ['a MX 10', '1:6 a domain name is missing'],
    ['a TXT "x', '1:7 quotes or a parenthesis without their other half'],
    ['a A 1.2.3.4 )', '1:13 quotes or a parenthesis without their other half'],
    ['\n\na A (1.2.3.4', '3:6 parentheses that are not closed'],
    ['$NOPE', '1:1 $NOPE is no directive'],
    ['$ORIGIN a b', '1:11 $ORIGIN takes one name'],
    ['$TTL x', '1:6 $TTL takes a time, as 3600 or 1h30m'],
  ]
  for (const [text, expected] of table) test(text, () => assert.equal(read(text).problems[0]?.split('; ')[0], expected))

  test('do not stop what follows', () => {
    const { lines, problems } = read('a A 1\nb A 1.2.3.4\nc ( A\n 1 )\nd A 1.2.3.5')
    assert.deepEqual(lines, ['b.a.test. 60 A 1.2.3.4', 'd.a.test. 60 A 1.2.3.5'])
    assert.deepEqual(
      problems.map((each) => each.split(' ')[0]),
      ['1:5', '4:2'],
    )
  })

  test('are all told, up to a bound', () => {
    assert.equal(read('a A 1\n'.repeat(200)).problems.length, PROBLEMS_MAX)
  })

  test('without any TTL', () => {
    const { problems } = readRecords(bytesOf('a A 1.2.3.4'), { origin: '', path: 'zone' })
    assert.equal(problems[0]?.message, 'no TTL, and none before it')
  })
})

test('what is written reads back', () => {
  const text = 'a\\.b 5 A 1.2.3.4\nw TXT "x\\"" y\nw HTTPS 1 . alpn=h2\nw TYPE9999 \\# 1 ab\n@ NSEC w A NSEC\n'
  const { records } = readRecords(bytesOf(text), options)
  const written = [...formatZoneFile(records)].join('')
  assert.deepEqual(readRecords(bytesOf(written), { origin: 'other', path: '' }), { records, problems: [] })
  assert.equal(records.length, 5)
})

test('any bytes give records and problems', () => {
  const words = [
    'a',
    '@',
    ' ',
    '\n',
    '(',
    ')',
    ';',
    '"',
    '\\',
    '$',
    '$TTL 5',
    '$GENERATE 1-3 $ A 1.2.3.$',
    '\t',
    '1h',
    'IN',
  ]
  const more = [
    'A',
    'TXT',
    'MX 10',
    '1.2.3.4',
    'NS',
    '\\#',
    '=',
    '="',
    '\\200',
    'ü',
    '\r',
    '.',
    '\0',
    'SOA',
    'AAAA ::',
    'SVCB 1',
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...words, ...more), { maxLength: 40 }), (parts) => {
      const { records, problems } = readRecords(bytesOf(parts.join('')), options)
      const again = [...formatZoneFile(records)].join('')
      assert.deepEqual(readRecords(bytesOf(again), options), { records, problems: [] })
      assert.ok(problems.length <= PROBLEMS_MAX)
    }),
    { numRuns: 5000 },
  )
})
