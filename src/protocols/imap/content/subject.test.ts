import assert from 'node:assert/strict'
import { test } from 'node:test'
import { baseSubject } from './subject.ts'

const CASES: readonly (readonly [raw: string | undefined, base: string, isReplyOrForward: boolean])[] = [
  [undefined, '', false],
  ['', '', false],
  ['Harbour', 'HARBOUR', false],
  ['Re: Harbour', 'HARBOUR', true],
  ['RE:re:Fwd : fw: Harbour', 'HARBOUR', true],
  ['Re[2]: Harbour', 'HARBOUR', true],
  ['[list] Re: [list] Harbour', 'HARBOUR', true],
  ['[list] Harbour', 'HARBOUR', false],
  ['[list][two] Re: x', 'X', true],
  ['[only a blob]', '[ONLY A BLOB]', false],
  ['Re: [only a blob]', '[ONLY A BLOB]', true],
  ['Harbour (fwd) (FWD)  ', 'HARBOUR', true],
  ['[fwd: Harbour]', 'HARBOUR', true],
  ['[Fwd: Re: Harbour (fwd)]', 'HARBOUR', true],
  ['Re: [fwd: [fwd: x]]', 'X', true],
  ['Re:', '', true],
  ['Rest of it', 'REST OF IT', false],
  ['Fwdx: y', 'FWDX: Y', false],
  ['a \t  b', 'A B', false],
  ['=?utf-8?Q?Re=3A_gr=C3=BCn?=', 'GRU\u0308N', true],
  ['[unclosed Re: x', '[UNCLOSED RE: X', false],
]

test('base subjects', () => {
  for (const [raw, text, isReplyOrForward] of CASES) {
    assert.deepEqual(baseSubject(raw), { text, isReplyOrForward }, raw)
  }
})
