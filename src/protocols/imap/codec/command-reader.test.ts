// Commands as they come: whole, octet by octet, with literals of every kind, too long, and never out of step.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Inbox } from '../../../wire/inbox.ts'
import { LINE_MAX_BYTES, SKIP_MAX_BYTES } from '../messages.ts'
import { CommandReader, type ReaderStep } from './command-reader.ts'

const MESSAGE_MAX_BYTES = 100_000

interface Heard {
  readonly reader: CommandReader
  /** What each step was, in short. */
  readonly steps: string[]
  readonly commands: { readonly text: string; readonly literals: readonly string[] }[]
  feed(bytes: string | Uint8Array, pieceBytes?: number): void
}

function listening(isLoggedIn = true, heldMax = Infinity): Heard {
  let held = 0
  const reader = new CommandReader({
    messageMaxBytes: MESSAGE_MAX_BYTES,
    isLoggedIn: () => isLoggedIn,
    hold: (octets) => (held += octets) <= heldMax,
    release: (octets) => void (held -= octets),
  })
  const inbox = new Inbox()
  const heard: Heard = {
    reader,
    steps: [],
    commands: [],
    feed(given, pieceBytes = Infinity) {
      const bytes = Buffer.from(given)
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        inbox.push(new Uint8Array(bytes.subarray(at, at + pieceBytes)))
        for (let step = reader.next(inbox); step.kind !== 'more'; step = reader.next(inbox)) note(heard, step)
        assert.ok(inbox.length <= LINE_MAX_BYTES + 2, 'what is read does not pile up')
      }
    },
  }
  return heard
}

function note(heard: Heard, step: ReaderStep): void {
  if (step.kind === 'bad')
    heard.steps.push(`${step.tag ?? '*'} ${step.status} ${step.code ?? ''}${step.fatal ? ' fatal' : ''}`)
  else heard.steps.push(step.kind)
  if (step.kind === 'command') {
    const literals = step.literals.map((literal) => Buffer.from(literal).toString('latin1'))
    heard.commands.push({ text: step.text, literals })
  }
  if (step.kind === 'announced') {
    const next = heard.reader.proceed()
    if (next.kind !== 'more') heard.steps.push(next.kind)
  }
}

const DIALOGUE =
  'a NOOP\r\nb LOGIN {5}\r\nalice {3+}\r\na\r\n\r\nc APPEND x {4}\r\n\r\n{9 (\\Seen) ~{2+}\r\n{}\r\nd SEARCH TEXT "{5}"\r\n' +
  'e SEARCH TEXT "not {5}\r\nf NOOP\ng NOOP\r\n'

test('the same whole and in pieces', () => {
  const whole = listening()
  whole.feed(DIALOGUE)
  assert.deepEqual(
    whole.commands.map(({ text }) => text),
    [
      'a NOOP',
      'b LOGIN {5}\r\n {3+}\r\n',
      'c APPEND x {4}\r\n (\\Seen) ~{2+}\r\n',
      'd SEARCH TEXT "{5}"',
      'e SEARCH TEXT "not {5}',
      'f NOOP',
      'g NOOP',
    ],
  )
  assert.deepEqual(whole.commands[1]?.literals, ['alice', 'a\r\n'])
  assert.deepEqual(whole.commands[2]?.literals, ['\r\n{9', '{}'])
  for (const size of [1, 2, 3, 10]) {
    const pieces = listening()
    pieces.feed(DIALOGUE, size)
    assert.deepEqual(pieces.commands, whole.commands)
    assert.deepEqual(pieces.steps, whole.steps)
  }
})

const REFUSED: readonly (readonly [what: string, sent: string | Uint8Array, step: string])[] = [
  ['a message that is too big is not sent', `a APPEND x {${MESSAGE_MAX_BYTES + 1}}\r\n`, 'a NO TOOBIG'],
  ['four gigabytes are not sent', 'a APPEND x {4294967296}\r\n', 'a NO TOOBIG'],
  [
    'a message that is too big and comes all the same is dropped',
    Buffer.concat([
      Buffer.from(`a APPEND x {${MESSAGE_MAX_BYTES + 1}+}\r\n`),
      Buffer.alloc(MESSAGE_MAX_BYTES + 1, '\r\nx '),
      Buffer.from('\r\n'),
    ]),
    'a NO TOOBIG',
  ],
  [
    'what follows such a message goes with it',
    Buffer.concat([
      Buffer.from('a APPEND x {5000+}\r\n'),
      Buffer.alloc(5000),
      Buffer.from(' {6+}\r\nx\r\nzzz {3}\r\n'),
    ]),
    'a BAD TOOBIG',
  ],
  ['a string that is too long', 'a SEARCH TEXT {70000}\r\n', 'a BAD TOOBIG'],
  ['a mailbox that is too long', 'a APPEND {70000}\r\n', 'a BAD TOOBIG'],
  ['a line that is too long', `a NOOP ${'x'.repeat(LINE_MAX_BYTES)}\r\n`, 'a BAD '],
  ['a line that never ends, in three goes', `a NOOP ${'x'.repeat(LINE_MAX_BYTES * 3)}\r\n`, 'a BAD '],
]

for (const [what, sent, step] of REFUSED) {
  test(`${what}, and the next command is understood`, () => {
    for (const size of [Infinity, 1000, 63]) {
      const heard = listening()
      heard.feed(sent, size)
      heard.feed('b NOOP\r\n', size)
      assert.deepEqual(heard.steps, [step, 'command'])
      assert.equal(heard.commands[0]?.text, 'b NOOP')
    }
  })
}

test('more than is worth dropping ends the connection', () => {
  const heard = listening()
  heard.feed(`a APPEND x {${SKIP_MAX_BYTES + 1}+}\r\n`)
  assert.deepEqual(heard.steps, ['a NO TOOBIG fatal'])
})

test('before a login literals are short, and APPEND is nothing special', () => {
  const heard = listening(false)
  heard.feed('a LOGIN {1025}\r\nb APPEND x {2000}\r\nc LOGIN {1024+}\r\n')
  assert.deepEqual(heard.steps, ['a BAD TOOBIG', 'b BAD TOOBIG'])
})

test('what all connections hold together is bounded', () => {
  const heard = listening(true, 10)
  heard.feed('a APPEND x {20}\r\n0123456789')
  heard.feed('0')
  assert.deepEqual(heard.steps, ['announced', 'go-ahead', 'a NO LIMIT fatal'])
})

test('many literals make a command too long', () => {
  const heard = listening()
  heard.feed('a SEARCH' + ' TEXT {1+}\r\nx'.repeat(1001) + '\r\nb NOOP\r\n')
  assert.deepEqual(heard.steps, ['a BAD TOOBIG', 'command'])
})
