// Closes a test run: failures whole, what was skipped and why, then the counts.
import { Transform } from 'node:stream'
import { inspect } from 'node:util'

const failures = []
const skips = []
const counts = { passed: 0, failed: 0, skipped: 0 }

function causeOf(error) {
  return inspect(error?.cause ?? error, { depth: 6, colors: false })
}

function note(event) {
  const { data } = event
  const isSuite = data?.details?.type === 'suite'
  if (event.type === 'test:fail' && data.details?.error?.failureType !== 'subtestsFailed') {
    failures.push(`${data.file ?? ''}:${data.line ?? ''}  ${data.name}\n${causeOf(data.details?.error)}`)
  }
  if (isSuite) return
  if (event.type === 'test:fail') counts.failed += 1
  if (event.type !== 'test:pass') return
  if (data.skip === undefined || data.skip === false) counts.passed += 1
  else {
    counts.skipped += 1
    skips.push(`${data.name}${typeof data.skip === 'string' ? `: ${data.skip}` : ''}`)
  }
}

export default new Transform({
  writableObjectMode: true,
  transform(event, _encoding, done) {
    note(event)
    done()
  },
  flush(done) {
    const lines = ['']
    for (const skip of skips) lines.push(`skipped  ${skip}`)
    for (const failed of failures) lines.push('', `FAILED  ${failed}`)
    lines.push('', `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`, '')
    done(null, lines.join('\n'))
  },
})
