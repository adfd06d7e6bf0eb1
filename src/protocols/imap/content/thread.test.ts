import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDate } from '../../../shared/mime/index.ts'
import type { ThreadAlgorithm } from '../messages.ts'
import { formatThreads, threadEntries, threadEntry } from './thread.ts'

/** Message n is sent at minute `minute`, n by default. */
interface Mail {
  readonly subject?: string
  readonly id?: string
  readonly refs?: string
  readonly replyTo?: string
  readonly minute?: number
}

function threaded(algorithm: ThreadAlgorithm, mails: readonly Mail[]): string {
  const entries = mails.map(({ subject, id, refs, replyTo, minute }, index) => {
    const fields = [`Date: ${formatDate((minute ?? index + 1) * 60_000)}`, `Subject: ${subject ?? `s${index}`}`]
    if (id !== undefined) fields.push(`Message-ID: <${id}@x>`)
    if (refs !== undefined) fields.push(`References: ${refs.replaceAll(/\w+/g, '<$&@x>')}`)
    if (replyTo !== undefined) fields.push(`In-Reply-To: <${replyTo}@x>`)
    const bytes = Buffer.from(`${fields.join('\r\n')}\r\n\r\n`)
    const known = { uid: index + 101, sequence: index + 1, receivedMs: 0, size: bytes.length }
    return threadEntry({ ...known, head: () => bytes }, algorithm)
  })
  return formatThreads(threadEntries(entries, algorithm), ({ sequence }) => sequence)
}

test('ORDEREDSUBJECT: one level below the first of a subject', () => {
  const mails = [
    { subject: 'a' },
    { subject: 'b' },
    { subject: 'Re: a' },
    { subject: 'Re: b' },
    { subject: 'a (fwd)' },
    { subject: 'c' },
  ]
  assert.equal(threaded('ORDEREDSUBJECT', mails), '(1 (3)(5))(2 4)(6)')
  assert.equal(
    threaded('ORDEREDSUBJECT', [
      { subject: 'a', minute: 9 },
      { subject: 'Re: a', minute: 1 },
    ]),
    '(2 1)',
  )
  assert.equal(threaded('ORDEREDSUBJECT', []), '')
})

const REFERENCES: readonly (readonly [name: string, mails: readonly Mail[], threads: string])[] = [
  ['nothing', [], ''],
  ['strangers, by date', [{ minute: 2 }, { minute: 1 }], '(2)(1)'],
  ['a chain', [{ id: 'a' }, { id: 'b', refs: 'a' }, { id: 'c', refs: 'a b' }], '(1 2 3)'],
  ['a fork', [{ id: 'a' }, { id: 'b', refs: 'a' }, { id: 'c', refs: 'a' }, { id: 'd', refs: 'a b' }], '(1 (2 4)(3))'],
  ['In-Reply-To where there are no references', [{ id: 'a' }, { id: 'b', replyTo: 'a' }], '(1 2)'],
  ['references before In-Reply-To', [{ id: 'a' }, { id: 'b' }, { id: 'c', refs: 'a', replyTo: 'b' }], '(1 3)(2)'],
  [
    'a reply before its original',
    [
      { id: 'b', refs: 'a', minute: 5 },
      { id: 'a', minute: 1 },
    ],
    '(2 1)',
  ],
  ['a parent that is missing', [{ id: 'b', refs: 'a' }], '(1)'],
  [
    'siblings of a missing parent',
    [
      { id: 'b', refs: 'a' },
      { id: 'c', refs: 'a' },
    ],
    '((1)(2))',
  ],
  ['a missing one in the middle', [{ id: 'a' }, { id: 'c', refs: 'a b' }, { id: 'd', refs: 'a b' }], '(1 (2)(3))'],
  [
    'siblings by date, not by number',
    [{ id: 'a' }, { id: 'b', refs: 'a', minute: 9 }, { id: 'c', refs: 'a', minute: 5 }],
    '(1 (3)(2))',
  ],
  [
    'a loop',
    [
      { id: 'a', refs: 'b' },
      { id: 'b', refs: 'a' },
    ],
    '(2 1)',
  ],
  ['itself', [{ id: 'a', refs: 'a' }], '(1)'],
  ['one id twice: the second is a stranger', [{ id: 'a' }, { id: 'a' }, { id: 'b', refs: 'a' }], '(1 3)(2)'],
  [
    'the last reference decides over what others said',
    [{ id: 'c', refs: 'a b' }, { id: 'a' }, { id: 'b', refs: 'd' }, { id: 'd' }],
    '(2)(4 3 1)',
  ],
  [
    'without references it has no parent, whatever others said',
    [{ id: 'c', refs: 'a b' }, { id: 'b' }, { id: 'a' }],
    '(2 1)(3)',
  ],
  ['one subject: a reply hangs from the original', [{ subject: 'x' }, { subject: 'Re: x' }], '(1 2)'],
  ['one subject: a reply that came first', [{ subject: 'Re: x' }, { subject: 'x' }], '(2 1)'],
  ['one subject: two replies stand side by side', [{ subject: 'Re: x' }, { subject: 'Re: x' }], '((1)(2))'],
  ['one subject: three stand side by side', [{ subject: 'x' }, { subject: 'x' }, { subject: 'x' }], '((1)(2)(3))'],
  [
    'one subject: siblings without a parent take a third',
    [{ subject: 'x', refs: 'a' }, { subject: 'x', refs: 'a' }, { subject: 'x' }],
    '((1)(2)(3))',
  ],
  [
    'one subject: two sets of siblings become one',
    [
      { subject: 'x', refs: 'a' },
      { subject: 'x', refs: 'a' },
      { subject: 'x', refs: 'b' },
      { subject: 'x', refs: 'b' },
    ],
    '((1)(2)(3)(4))',
  ],
  ['no subject brings nothing together', [{ subject: '' }, { subject: 'Re:' }], '(1)(2)'],
]

test('REFERENCES', () => {
  for (const [name, mails, threads] of REFERENCES) assert.equal(threaded('REFERENCES', mails), threads, name)
})

test('a thread as long as a mailbox', () => {
  const mails = Array.from({ length: 20_000 }, (_, index): Mail => {
    const id = `m${index}`
    return index === 0 ? { id, subject: 'x' } : { id, subject: 'x', refs: `m${index - 1}` }
  })
  const text = threaded('REFERENCES', mails)
  assert.ok(text.startsWith('(1 2 3 ') && text.endsWith(' 20000)'))
})
