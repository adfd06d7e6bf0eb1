// Texts that are no scripts, and patterns and expressions of all kinds: an answer each time, and never a throw.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../../../core/failure.ts'
import { MemoryTree } from '../../../sim/index.ts'
import { evaluate } from './expand/arithmetic.ts'
import { compilePattern } from './expand/pattern.ts'
import { compileExpression } from './regular/matcher.ts'
import { ranCommand } from './sample-shell.ts'

const PIECES = [
  'if ',
  'then ',
  'else ',
  'fi',
  'for i in ',
  'do ',
  'done',
  'while ',
  'case ',
  ' in ',
  'esac',
  '{ ',
  ' }',
  '(',
  ')',
  'f() ',

  ';',
  ';;',
  '\n',
  '&&',
  '||',
  '|',
  '!',
  ' ',
  '<',
  '>',
  '>>',
  '<<E\n',
  '\nE\n',
  '2>&1',
  '>&-',
  '<&',
  '&',

  '"',
  "'",
  '`',
  '$',
  '$(',
  '$((',
  '))',
  '${',
  '}',
  '${x:-',
  '${x%',
  '$x',
  '"$@"',
  '\\',
  '*',
  '?',
  '[',
  ']',
  '~',
  '#',

  'a',
  'x=',
  '1',
  'echo ',
  'cat ',
  'f',
  'break ',
  'exit ',
  'return ',
  'set -e ',
  'read x',
  'eval ',
  'shift ',
  'local x',
  'trap ',
  'exec ',
]

const script = fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join(''))

test('whatever is typed has a status', async () => {
  await fc.assert(
    fc.asyncProperty(script, async (line) => {
      const limits = { stepsMax: 2000 }
      const { status } = await ranCommand({ tree: new MemoryTree({ '/f': 'a\n' }), limits }, line)
      assert.ok(Number.isInteger(status) && status >= 0 && status <= 255, `${status}`)
    }),
    { numRuns: 2000, seed: 1 },
  )
})

test('a script that is cut off anywhere has a status', async () => {
  const whole =
    'f() { for i in "$@" $(echo `echo b` "$((1 + 2))"); do case ${i%x*} in [a-b]|c) echo "$i" | cat <<E >&2\n$i\nE\n;; esac; done; }; f a \'c d\' || { echo no; }'
  for (let length = 0; length <= whole.length; length++) {
    const { status } = await ranCommand({ tree: new MemoryTree({}) }, whole.slice(0, length))
    assert.ok(Number.isInteger(status))
  }
})

const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', 'c')
const { expression } = fc.letrec<{ expression: string; group: string }>((tie) => ({
  expression: fc
    .array(fc.oneof({ withCrossShrink: true }, atom, tie('group')), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('')),
  group: fc
    .tuple(tie('expression'), tie('expression'), fc.constantFrom('', '*', '+', '?', '{1,2}'))
    .map(([left, right, count]) => `(${left}|${right})${count}`),
}))
const subject = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 }).map((chars) => chars.join(''))

test('an expression finds something where that of the language does, and the longest of the leftmost', () => {
  fc.assert(
    fc.property(expression, subject, (pattern, text) => {
      const matcher = compileExpression(pattern, { extended: true, ignoreCase: false })
      if (isFailure(matcher)) return
      const found = matcher.find(text)
      const other = new RegExp(pattern).exec(text)
      assert.equal(found?.start, other?.index)
      if (found === undefined) return
      assert.match(text.slice(found.start, found.end), new RegExp(`^(?:${pattern})$`))
      for (let end = found.end + 1; end <= text.length; end++) {
        assert.doesNotMatch(text.slice(found.start, end), new RegExp(`^(?:${pattern})$`))
      }
    }),
    { numRuns: 2000, seed: 1 },
  )
})

test('a pattern matches what its expression matches', () => {
  const pattern = fc.array(fc.constantFrom('a', 'b', '*', '?', '[ab]', '[!a]', '\\*'), { maxLength: 8 })
  const expressionOf: Readonly<Record<string, string>> = { '*': '.*', '?': '.', '[!a]': '[^a]' }
  fc.assert(
    fc.property(pattern, fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 10 }), (pieces, chars) => {
      const other = new RegExp(`^${pieces.map((piece) => expressionOf[piece] ?? piece).join('')}$`)
      assert.equal(compilePattern(pieces.join('')).matches(chars.join('')), other.test(chars.join('')))
    }),
    { numRuns: 2000, seed: 1 },
  )
})

test('any arithmetic is a number or a failure', () => {
  const token = fc.constantFrom(
    '1',
    'x',
    '+',
    '-',
    '*',
    '/',
    '%',
    '(',
    ')',
    '<<',
    '>',
    '==',
    '&&',
    '||',
    '?',
    ':',
    '=',
    '+=',
    '!',
    '~',
    ' ',
    '08',
    '0x1f',
  )
  const variables = new Map<string, string>()
  const access = {
    get: (name: string) => variables.get(name),
    set: (name: string, value: string) => variables.set(name, value).size > 0,
  }
  fc.assert(
    fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
      const value = evaluate(tokens.join(''), access)
      assert.ok(isFailure(value) || /^-?\d+$/.test(value))
    }),
    { numRuns: 3000, seed: 1 },
  )
})
