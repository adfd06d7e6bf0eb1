// Signs a mail for its domain: DKIM (RFC 6376) with Ed25519 (RFC 8463), relaxed both ways. Checking signatures is not
// done here.

import { createHash, sign, type KeyObject } from 'node:crypto'
import { bufferOf } from '../../../wire/text.ts'
import { fieldsOf, headerLength, type Field } from './fields.ts'

export interface DkimSigner {
  /** d=, in lower case. */
  readonly domain: string
  /** s=. */
  readonly selector: string
  /** An Ed25519 private key. */
  readonly key: KeyObject
  /** t=: world's wall clock, milliseconds. */
  readonly wallMs: number
}

/** Signed where they are there, as RFC 6376 §5.4.1 advises. */
const SIGNED = [
  'from',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'to',
  'cc',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'in-reply-to',
  'references',
  'list-id',
  'list-unsubscribe',
] as const

/** RFC 5322 §2.1.1 wants lines of 78, `h=` and white space included. */
const NAMES_LINE_CHARS = 68
const CRLF = Buffer.from('\r\n')
const SPACE = 32
const TAB = 9
const CR = 13
const LF = 10

/** The DKIM-Signature field, CRLF included, that goes before `content`. */
export function signDkim(content: Uint8Array, { domain, selector, key, wallMs }: DkimSigner): Uint8Array {
  const fields = fieldsOf(content)
  const chosen = SIGNED.flatMap((name) => fields.filter((field) => field.name === name).toReversed())
  // One From more than there are: another one, put in on the way, breaks the signature (RFC 6376 §8.15).
  const names = [...chosen.map((field) => field.name), 'from']
  const bodyHash = relaxedBodyHash(content.subarray(headerLength(content) + 2))
  const unsigned =
    `DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=${domain};\r\n` +
    `\ts=${selector}; t=${Math.floor(wallMs / 1000)}; bh=${bodyHash};\r\n` +
    `\th=${foldedNames(names)};\r\n` +
    `\tb=`
  const signed = [...chosen, { name: 'dkim-signature', text: unsigned }].map(relaxedField).join('\r\n')
  const digest = createHash('sha256').update(signed, 'latin1').digest()
  return Buffer.from(`${unsigned}${sign(null, digest, key).toString('base64')}\r\n`, 'latin1')
}

/** Joined by colons, in lines of some 70 characters. */
function foldedNames(names: readonly string[]): string {
  const lines = ['']
  for (const [at, name] of names.entries()) {
    const last = lines.at(-1) ?? ''
    const word = at === names.length - 1 ? name : `${name}:`
    if (last.length + word.length > NAMES_LINE_CHARS) lines.push(word)
    else lines[lines.length - 1] = last + word
  }
  return lines.join('\r\n\t ')
}

/** RFC 6376 §3.4.2. */
function relaxedField({ name, text }: Field): string {
  const value = text
    .slice(text.indexOf(':') + 1)
    .replaceAll('\r\n', '')
    .replaceAll(/[ \t]+/g, ' ')
  return `${name}:${value.replace(/^ /, '').replace(/ $/, '')}`
}

/** RFC 6376 §3.4.4, in base64. */
export function relaxedBodyHash(body: Uint8Array): string {
  const relaxed = withoutLastEmptyLines(hasSpaceToChange(body) ? relaxedSpace(body) : body)
  const hash = createHash('sha256').update(relaxed)
  if (relaxed.length > 0) hash.update(CRLF)
  return hash.digest('base64')
}

function hasSpaceToChange(body: Uint8Array): boolean {
  const bytes = bufferOf(body)
  return bytes.includes(TAB) || bytes.includes('  ') || bytes.includes(' \r\n') || bytes.at(-1) === SPACE
}

/** Runs of space become one, those before a line's end none. */
function relaxedSpace(body: Uint8Array): Uint8Array {
  const out = new Uint8Array(body.length)
  let length = 0
  let owed = false
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!
    if (byte === SPACE || byte === TAB) {
      owed = true
      continue
    }
    if (owed && !(byte === CR && body[at + 1] === LF)) out[length++] = SPACE
    owed = false
    out[length++] = byte
  }
  return out.subarray(0, length)
}

/** Nor the last line's own end. */
function withoutLastEmptyLines(body: Uint8Array): Uint8Array {
  let end = body.length
  while (end >= 2 && body[end - 1] === LF && body[end - 2] === CR) end -= 2
  return body.subarray(0, end)
}
