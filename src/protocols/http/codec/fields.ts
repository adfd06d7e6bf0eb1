// Field lines of a head or a trailer section (RFC 9112 §5), strict: no folding, no space before the
// colon, no control bytes.

import { FIELDS_MAX, httpError, type Field, type HttpError } from '../messages.ts'

// RFC 9110 §5.6.2 token, then §5.5 field-content: visible ASCII, SP, HTAB and obs-text.
// oxlint-disable-next-line no-control-regex -- control bytes are what this refuses
const FIELD_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

export function isToken(text: string): boolean {
  return TOKEN.test(text)
}

/** Whether `text` may stand as a field's value. */
export function isFieldValue(text: string): boolean {
  return FIELD_VALUE.test(text)
}

/** `lines` without their ends. */
export function parseFields(lines: readonly string[]): readonly Field[] | HttpError {
  if (lines.length > FIELDS_MAX) return httpError(431, `more than ${FIELDS_MAX} field lines`)
  const fields: Field[] = []
  for (const line of lines) {
    const match = FIELD_LINE.exec(line)
    if (match === null) return httpError(400, fault(line))
    fields.push([match[1]!.toLowerCase(), trimEnd(match[2]!)])
  }
  return fields
}

/** Without the white space at its end: a loop, because a pattern would take quadratic time on long runs of it. */
function trimEnd(value: string): string {
  let end = value.length
  while (end > 0 && (value.charCodeAt(end - 1) === 32 || value.charCodeAt(end - 1) === 9)) end--
  return end === value.length ? value : value.slice(0, end)
}

function fault(line: string): string {
  if (line.startsWith(' ') || line.startsWith('\t')) return 'a folded field line (RFC 9112 §5.2)'
  if (/^[^:]*[ \t]:/.test(line)) return 'white space before the colon of a field line (RFC 9112 §5.1)'
  if (line.includes('\r') || line.includes('\n')) return 'a bare CR or LF in a field line'
  return 'a malformed field line'
}

/** The elements of a comma-separated list (RFC 9110 §5.6.1), trimmed, empty ones left out. Quoted commas are not expected. */
export function listElements(value: string | undefined): readonly string[] {
  if (value === undefined) return []
  return value
    .split(',')
    .map((element) => element.trim())
    .filter((element) => element !== '')
}
