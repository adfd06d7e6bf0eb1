// Checks who a mail is from: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 9989), told in an Authentication-Results field
// (RFC 8601). The checks themselves are mailauth's, loaded with the first mail; it decides nothing about the mail.

import { Readable } from 'node:stream'
import type { Failure } from '../../../core/failure.ts'
import type { Io } from '../../../core/io.ts'
import type { NameResolver, WorldView } from '../../../core/world-view.ts'
import { bufferOf } from '../../../wire/text.ts'
import { fieldsOf, headerLength, type Field } from './fields.ts'
import { KEPT_MS, Lookups, type Lookup } from './lookups.ts'

export interface CheckedMail {
  /** As it came, from the first header field on. */
  readonly content: Uint8Array
  readonly peerIp: string
  /** The argument of EHLO. */
  readonly helo: string
  /** MAIL FROM; empty for the null return path. */
  readonly sender: string
  /** World's wall clock, milliseconds. */
  readonly wallMs: number
}

export interface Verdict {
  /** The whole Authentication-Results field, CRLF included. */
  readonly field: string
  /** `pass`, `fail`, `softfail`, `neutral`, `none`, `temperror`, `permerror` (RFC 8601 §2.7). */
  readonly spf: string
  /** Of several signatures, the best. */
  readonly dkim: string
  readonly dmarc: string
  /** What the author's domain asks to be done with this very mail: `none` wherever DMARC does not fail. */
  readonly policy: 'none' | 'quarantine' | 'reject'
}

/** Verdicts kept, the oldest goes first. Ours. */
const VERDICTS_MAX = 4096
/** Characters of what a verdict is kept by; one from longer fields is not kept. Ours. */
const KEY_MAX_CHARS = 2048
/** Signatures of one mail that are looked at: each costs a look-up and a key operation (RFC 6376 §6.1 lets us choose). Ours. */
const SIGNATURES_MAX = 10
const SIGNATURE = 'dkim-signature'
/** Octets, and lines, of a header whose signatures are looked at: Postfix's header_size_limit, and ours against folds made to be slow. */
const SIGNED_HEADER_MAX_BYTES = 102_400
const SIGNED_HEADER_MAX_LINES = 2000
/** From fields that are looked at, two being as wrong as a thousand (RFC 5322 §3.6), and characters of each. Ours. */
const AUTHORS_MAX = 2
const AUTHOR_MAX_CHARS = 16_384
/** Octets that are hashed in one turn, besides the rest of the line that they end in. Ours. */
const PIECE_BYTES = 65_536
const LF = 10
/** Text in one line of the field (RFC 5322 §2.1.1 allows 998); a longer comment is left out. */
const LINE_MAX_CHARS = 900

interface Kept {
  readonly verdict: Verdict
  readonly untilMs: number
}

export class Authenticator {
  readonly #host: string
  readonly #lookups: Lookups
  readonly #kept = new Map<string, Kept>()

  /** Opens a resolver of its own with the first mail. */
  constructor(io: Io, world: WorldView) {
    this.#host = world.host.name
    this.#lookups = new Lookups(onceAsked(() => new Promise((opened) => world.openResolver(io, opened))))
  }

  /** At once where the same sender, author and peer were seen within a minute and nothing is signed. Never rejects. */
  authenticate(mail: CheckedMail): Verdict | Promise<Verdict> {
    const fields = fieldsOf(mail.content)
    const signatures = hasBoundedHeader(mail.content) ? fields.filter((field) => field.name === SIGNATURE) : []
    if (signatures.length > SIGNATURES_MAX)
      return this.#check({ ...mail, content: withFewSignatures(mail.content, fields) })
    if (signatures.length > 0) return this.#check(mail)
    const authors = authorsIn(fields)
    const key = JSON.stringify([mail.peerIp, mail.helo, mail.sender, ...authors.map((field) => field.text)])
    const kept = this.#kept.get(key)
    if (kept !== undefined && kept.untilMs > mail.wallMs && kept.untilMs <= mail.wallMs + KEPT_MS) return kept.verdict
    const check = this.#check({ ...mail, content: headerOf(authors) })
    return key.length > KEY_MAX_CHARS ? check : check.then((verdict) => this.#keep(key, verdict, mail.wallMs))
  }

  /** What to say of a mail whose check took too long or failed. */
  undecided(): Verdict {
    const info = ['spf=temperror', 'dkim=temperror', 'dmarc=temperror']
    const field = formatField(this.#host, info)
    return { field, spf: 'temperror', dkim: 'temperror', dmarc: 'temperror', policy: 'none' }
  }

  async #check(mail: CheckedMail): Promise<Verdict> {
    try {
      return await check(mail, this.#host, this.#lookups.forOneMail(mail.wallMs))
    } catch {
      return this.undecided()
    }
  }

  #keep(key: string, verdict: Verdict, wallMs: number): Verdict {
    if ([verdict.spf, verdict.dkim, verdict.dmarc].includes('temperror')) return verdict
    this.#kept.delete(key)
    this.#kept.set(key, { verdict, untilMs: wallMs + KEPT_MS })
    if (this.#kept.size > VERDICTS_MAX) for (const oldest of this.#kept.keys()) return this.#dropped(oldest, verdict)
    return verdict
  }

  #dropped(key: string, verdict: Verdict): Verdict {
    this.#kept.delete(key)
    return verdict
  }
}

function onceAsked(open: () => Promise<NameResolver | Failure>): () => Promise<NameResolver | Failure> {
  let opened: Promise<NameResolver | Failure> | undefined
  return () => (opened ??= open())
}

/** Signatures in any other are not looked at: the mail counts as unsigned. */
function hasBoundedHeader(content: Uint8Array): boolean {
  const length = headerLength(content)
  if (length > SIGNED_HEADER_MAX_BYTES) return false
  let lines = 0
  for (let at = content.indexOf(LF); at !== -1 && at < length; at = content.indexOf(LF, at + 1)) lines++
  return lines <= SIGNED_HEADER_MAX_LINES
}

function authorsIn(fields: readonly Field[]): readonly Field[] {
  const authors = fields.filter((field) => field.name === 'from').slice(0, AUTHORS_MAX)
  return authors.map(({ name, text }) => ({ name, text: text.slice(0, AUTHOR_MAX_CHARS).trimEnd() }))
}

function withFewSignatures(content: Uint8Array, fields: readonly Field[]): Uint8Array {
  let signatures = 0
  const kept = fields.filter(({ name }) => name !== SIGNATURE || ++signatures <= SIGNATURES_MAX)
  return Buffer.concat([headerOf(kept), content.subarray(headerLength(content) + 2)])
}

/** A mail with these fields only: all that its unsigned verdict depends on. */
function headerOf(fields: readonly Field[]): Uint8Array {
  return Buffer.from(`${fields.map((field) => `${field.text}\r\n`).join('')}\r\n`, 'latin1')
}

/** Pieces that end where a line does: the library looks at the beginning of a line again with each piece of it. */
async function* wholeLines(content: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length;) {
    const end = content.indexOf(LF, at + PIECE_BYTES)
    const next = end === -1 ? content.length : end + 1
    yield content.subarray(at, next)
    at = next
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function check(mail: CheckedMail, host: string, resolver: Lookup): Promise<Verdict> {
  const [{ dkimVerify }, { spf: spfVerify }, { evaluateDmarc }] = await Promise.all([
    import('mailauth/lib/dkim/verify.js'),
    import('mailauth/lib/spf/index.js'),
    import('mailauth/lib/dmarc/index.js'),
  ])
  const helo = mail.helo.replace(/^\[.*\]$/, mail.peerIp)
  const [dkim, spf] = await Promise.all([
    dkimVerify(Readable.from(wholeLines(bufferOf(mail.content))), {
      resolver,
      sender: mail.sender,
      curTime: new Date(mail.wallMs),
    }),
    spfVerify({ sender: mail.sender, ip: mail.peerIp, helo, mta: host, resolver }),
  ])
  const passed = dkim.results.filter((result) => result.status.result === 'pass')
  const { response: dmarc } = await evaluateDmarc({
    headerFrom: dkim.headerFrom,
    fromFields: dkim.fromFields,
    spfDomains: spf.status.result === 'pass' ? [spf.domain] : [],
    dkimDomains: passed.map((result) => ({ domain: result.signingDomain ?? '' })),
    resolver,
  })
  const signature = passed[0] ?? dkim.results[0]
  const dmarcResult = dmarc === false ? 'none' : dmarc.status.result
  return {
    field: formatField(host, [
      ...dkim.results.map((result) => result.info),
      spf.info,
      dmarc === false ? 'dmarc=none' : dmarc.info,
    ]),
    spf: spf.status.result,
    dkim: signature?.status.result ?? 'none',
    dmarc: dmarcResult,
    policy: dmarcResult === 'fail' && dmarc !== false ? policyOf(dmarc.policy) : 'none',
  }
}

function policyOf(word: string | undefined): Verdict['policy'] {
  return word === 'reject' || word === 'quarantine' ? word : 'none'
}

function formatField(host: string, infos: readonly string[]): string {
  const lines = infos.map((info) => info.replaceAll(/\s+/g, ' ')).map(withinLine)
  return `Authentication-Results: ${[host, ...lines].join(';\r\n\t')}\r\n`
}

/** Only the first word where the whole is too long: the result itself. */
function withinLine(info: string): string {
  return info.length <= LINE_MAX_CHARS ? info : (info.split(' ')[0] ?? '')
}
