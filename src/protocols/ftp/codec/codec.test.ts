// The codec both ways: commands, replies, addresses, times, facts, listings, TYPE A and patterns, whole and in pieces.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FileStat } from '../../../core/files.ts'
import { Inbox } from '../../../wire/inbox.ts'
import { pathText } from '../../../wire/path-text.ts'
import { FACTS, type Reply } from '../messages.ts'
import * as codec from './index.ts'

const NOW_MS = Date.UTC(2026, 0, 1)
const FILE: FileStat = { kind: 'file', size: 1024, modifiedMs: NOW_MS, accessedMs: 0, mode: 0o644, links: 1, id: 'a1' }
const FOLDER: FileStat = { ...FILE, kind: 'folder', mode: 0o755, links: 2 }
const LINK: FileStat = { ...FILE, kind: 'link', mode: 0o777 }

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')

test('commands: words in any case, a path as it is, other arguments without the spaces around them', () => {
  const table: readonly (readonly [string, unknown])[] = [
    ['noop', { verb: 'NOOP', argument: '' }],
    ['RETR  a file ', { verb: 'RETR', argument: ' a file ' }],
    ['XMKD new', { verb: 'MKD', argument: 'new' }],
    ['type  I ', { verb: 'TYPE', argument: 'I' }],
    ['PASS  p ', { verb: 'PASS', argument: ' p ' }],
    ['\u00ff\u00f4\u00ff\u00f2ABOR', { verb: 'ABOR', argument: '' }],
    ['\u00ff\u00f4\u00ffABOR', { verb: 'ABOR', argument: '' }],
    ['LIST', { verb: 'LIST', argument: '' }],
  ]
  for (const [line, expected] of table) {
    assert.deepEqual(codec.readCommand(bytes(line)).command, { kind: 'command', ...(expected as object) }, line)
  }
})

test('what is no command', () => {
  const table: readonly (readonly [string, number])[] = [
    ['', 500],
    ['HELLO', 500],
    ['constructor', 500],
    ['RETR', 501],
    ['PASV now', 501],
    ['RETR a\0b', 501],
    ['RETR a\rb', 501],
  ]
  for (const [line, code] of table) {
    const { command } = codec.readCommand(bytes(line))
    assert.equal(command.kind === 'bad' ? command.code : 0, code, JSON.stringify(line))
  }
})

test('names of any bytes go both ways, 0xFF doubled', () => {
  for (const name of ['é', '\u00ff', 'a\u00ffb', '\u00fe\u0080', '"quoted"', '-la']) {
    const argument = pathText(bytes(name))
    const line = codec.encodeCommand({ verb: 'RETR', argument })
    const { command, answer } = codec.readCommand(line.subarray(0, -2))
    assert.deepEqual(command, { kind: 'command', verb: 'RETR', argument })
    assert.equal(answer.length, 0)
  }
})

test('Telnet options are refused, once each', () => {
  const { text, answer } = codec.telnetLine(
    bytes('\u00ff\u00fd\u0006\u00ff\u00fb\u0001\u00ff\u00fe\u0001\u00ff\u00fc\u0002NOOP'),
  )
  assert.equal(Buffer.from(text).toString('latin1'), 'NOOP')
  assert.deepEqual([...answer], [255, 252, 6, 255, 254, 1])
  assert.equal(Buffer.from(codec.telnetLine(bytes('RETR \u00ff\u00fe')).text).toString('latin1'), 'RETR \u00ff\u00fe')
  for (let length = 0; length <= 4; length++) codec.telnetLine(bytes('\u00ff\u00fd\u0006').subarray(0, length))
})

function readAll(text: Uint8Array, step: number): (Reply | 'bad')[] {
  const [inbox, reader, found] = [new Inbox(), new codec.ReplyReader(), new Array<Reply | 'bad'>()]
  for (let at = 0; at < text.length; at += step) {
    inbox.push(text.subarray(at, at + step))
    for (;;) {
      const next = reader.next(inbox)
      if (next === 'more') break
      found.push(next)
      if (next === 'bad') return found
    }
  }
  return found
}

test('replies go both ways, whole and byte by byte', () => {
  const replies = [
    codec.reply(220, 'ready'),
    codec.reply(211, 'Features:', ' MDTM', ' UTF8', 'End'),
    codec.reply(213, 'first', ' 213 not the last', 'last'),
    codec.reply(257, codec.formatQuoted(pathText(bytes('/a"\u00ffb')))),
    codec.reply(226, ''),
  ]
  const text = Buffer.concat(replies.map(codec.encodeReply))
  assert.deepEqual(readAll(text, text.length), replies)
  assert.deepEqual(readAll(text, 1), replies)
  for (let length = 0; length < text.length; length++) readAll(text.subarray(0, length), 7)
})

test('a line within a reply that looks like its last one is moved', () => {
  assert.equal(codec.formatReply(codec.reply(213, 'a', '213 b', 'c')), '213-a\r\n 213 b\r\n213 c')
})

test('what is no reply', () => {
  for (const text of ['hello\r\n', '999 x\r\n', '2 x\r\n', `220 ${'x'.repeat(30_000)}\r\n`]) {
    assert.deepEqual(readAll(bytes(text), 8192), ['bad'], text.slice(0, 20))
  }
  assert.equal(codec.parseReply('220-more'), undefined)
  assert.deepEqual(codec.parseReply('450 later\r\n'), codec.reply(450, 'later'))
})

test('addresses go both ways', () => {
  const four = { ip: '192.0.2.1', port: 50_001 }
  const six = { ip: '2001:db8::1', port: 1 }
  assert.deepEqual(codec.parsePort(codec.formatPort(four)), four)
  assert.deepEqual(codec.parsePassive(codec.formatPassive(four)), four)
  assert.deepEqual(codec.parsePassive('=192,0,2,1,195,81'), four)
  for (const address of [four, six]) assert.deepEqual(codec.parseExtended(codec.formatExtended(address)), address)
  assert.equal(codec.parseExtendedPassive(codec.formatExtendedPassive(6446)), 6446)
  assert.equal(codec.parseExtended('|3|1:1|1|'), 'family')
})

test('what is no address', () => {
  for (const text of [
    '',
    '1,2,3,4,5',
    '1,2,3,4,5,6,7',
    '256,1,1,1,1,1',
    '1,1,1,1,0,0',
    ' 1,2,3,4,5,6',
    '1.2.3.4,5,6',
  ]) {
    assert.equal(codec.parsePort(text), undefined, text)
  }
  const wrong = [
    '',
    '||||',
    '|1|1.2.3.4|0|',
    '|1|1.2.3.4|65536|',
    '|1|::1|1|',
    '|2|1.2.3.4|1|',
    '|1|1.2.3.4|1',
    '|1,1.2.3.4|1|',
  ]
  for (const text of wrong) assert.equal(codec.parseExtended(text), undefined, text)
  for (const text of ['(|||0|)', '(||1|)', '|||1|', '(|||65536|)', '(|!|1|)']) {
    assert.equal(codec.parseExtendedPassive(text), undefined, text)
  }
})

test('times go both ways', () => {
  for (const ms of [0, NOW_MS, NOW_MS + 250, Date.UTC(1999, 11, 31, 23, 59, 59), -86_400_000]) {
    assert.equal(codec.parseTime(codec.formatTime(ms)), ms)
  }
  assert.equal(codec.formatTime(NOW_MS + 5), '20260101000000.005')
  assert.equal(codec.parseTime('20260101000000.25'), NOW_MS + 250)
  for (const text of [
    '',
    '2026',
    '20261301000000',
    '20260230000000',
    '20260101240000',
    '20260101000000.',
    '00000101000000',
  ]) {
    assert.equal(codec.parseTime(text), undefined, text)
  }
})

test('facts go both ways', () => {
  const all = new Set(FACTS)
  const line = codec.formatFacts({ stat: FILE, writable: true }, all)
  assert.equal(line, 'type=file;size=1024;modify=20260101000000;perm=adfrw;unique=a1;unix.mode=0644; ')
  assert.equal(codec.parseFacts(`${line} spaced; name`)?.name, ' spaced; name')
  assert.equal(codec.parseFacts(`${line}a`)?.facts.get('size'), '1024')
  const types = [
    codec.formatFacts({ stat: FOLDER, role: 'cdir', writable: false }, new Set(['type', 'perm'])),
    codec.formatFacts({ stat: LINK, target: '/b', writable: true }, new Set(['type'])),
    codec.formatFacts({ stat: LINK, target: '/a b', writable: true }, new Set(['type'])),
    codec.formatFacts({ stat: FILE, writable: true }, new Set()),
  ]
  assert.deepEqual(types, ['type=cdir;perm=el; ', 'type=OS.unix=slink:/b; ', 'type=OS.unix=slink; ', ' '])
  for (const text of ['', 'type=file;name', 'type=file name', 'type; name', '=x; n']) {
    assert.equal(codec.parseFacts(text), undefined, text)
  }
  assert.deepEqual(codec.parseFacts(' name'), { facts: new Map(), name: 'name' })
})

test('OPTS MLST and what FEAT says of it', () => {
  const told = codec.parseFactOptions('Type;SIZE;nothing;')
  assert.deepEqual([...told], ['type', 'size'])
  assert.equal(codec.formatFactFeature(told), 'MLST type*;size*;modify;perm;unique;unix.mode;')
})

test('lines of LIST go both ways', () => {
  const old = { ...FOLDER, modifiedMs: Date.UTC(2020, 1, 29) }
  const recent = { ...FILE, modifiedMs: NOW_MS - 3_600_000 }
  assert.equal(
    codec.formatListLine(recent, ' a b', NOW_MS),
    '-rw-r--r--    1 ftp      ftp          1024 Dec 31 23:00  a b',
  )
  assert.equal(codec.formatListLine(old, 'd', NOW_MS), 'drwxr-xr-x    2 ftp      ftp          1024 Feb 29  2020 d')
  for (const [stat, name, target] of [
    [recent, ' -> x'],
    [old, 'd'],
    [{ ...LINK, modifiedMs: NOW_MS }, 'l', '../t'],
  ] as const) {
    const entry = codec.parseListLine(codec.formatListLine(stat, name, NOW_MS, target), NOW_MS)
    const { kind, mode, links, size, modifiedMs } = stat
    const expected = { kind, mode, links, size, modifiedMs, name, ...(target === undefined ? {} : { target }) }
    assert.deepEqual(entry, expected)
  }
  for (const text of ['', 'total 4', 'drwxr-xr-x 2 ftp ftp 1024 Foo 29  2020 d']) {
    assert.equal(codec.parseListLine(text, NOW_MS), undefined)
  }
})

test('quoted paths go both ways', () => {
  for (const path of ['/', '/a "b"', '"', '/x""'])
    assert.equal(codec.parseQuoted(`${codec.formatQuoted(path)} is it`), path)
  for (const text of ['', '/a', '"/a', '"a""']) assert.equal(codec.parseQuoted(text), undefined, text)
})

function inPieces(text: string, step: number, convert: (chunk: Uint8Array) => Uint8Array): string {
  let out = ''
  for (let at = 0; at < text.length; at += step)
    out += Buffer.from(convert(bytes(text.slice(at, at + step)))).toString('latin1')
  return out
}

test('TYPE A both ways, in pieces of any size', () => {
  const outward: readonly (readonly [string, string])[] = [
    ['a\nb\n', 'a\r\nb\r\n'],
    ['a\r\nb', 'a\r\nb'],
    ['\n\n', '\r\n\r\n'],
    ['\r', '\r'],
  ]
  const inward: readonly (readonly [string, string])[] = [
    ['a\r\nb\r\n', 'a\nb\n'],
    ['a\rb\r\r\n', 'a\rb\r\n'],
    ['a\r', 'a\r'],
    ['\r\r', '\r\r'],
    ['a\nb', 'a\nb'],
  ]
  for (let step = 1; step <= 6; step++) {
    for (const [file, wire] of outward) {
      const out = new codec.AsciiOut()
      assert.equal(
        inPieces(file, step, (chunk) => out.convert(chunk)),
        wire,
      )
    }
    for (const [wire, file] of inward) {
      const into = new codec.AsciiIn()
      const body = inPieces(wire, step, (chunk) => into.convert(chunk))
      assert.equal(body + Buffer.from(into.rest()).toString('latin1'), file, `${JSON.stringify(wire)} by ${step}`)
    }
  }
})

test('patterns of names', () => {
  const fits: readonly (readonly [string, string, boolean])[] = [
    ['*', 'a', true],
    ['*', '.a', false],
    ['.*', '.a', true],
    ['*.txt', 'a.txt', true],
    ['*.txt', 'a.txt.gz', false],
    ['a?c', 'abc', true],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['[', '[', true],
    ['[]]', ']', true],
    ['a*b*c', 'aXbYbZc', true],
    ['', 'a', false],
  ]
  for (const [pattern, name, expected] of fits)
    assert.equal(codec.parseGlob(pattern)(name), expected, `${pattern} ${name}`)
  assert.equal(codec.parseGlob(`${'a*'.repeat(500)}b`)('a'.repeat(4000)), false)
})
