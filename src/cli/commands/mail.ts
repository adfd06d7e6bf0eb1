// portolan mail: what arrived for whom in a running world, or in what one has left behind in its state folder.

import { writeFileSync } from 'node:fs'
import { isatty } from 'node:tty'
import { safeParse } from 'valibot'
import { failure, failureFrom, isFailure, type Failure } from '../../core/failure.ts'
import { duration } from '../../core/quantities.ts'
import type { MailFilter } from '../../net/mail/index.ts'
import { plainJson, plainText } from '../../net/mail/plain-text.ts'
import { EXIT } from '../exit-codes.ts'
import { formatMail, formatMails } from '../mail-text.ts'
import { openMail, type MailPlace, type MailSource } from '../mail-source.ts'
import { complain, say, sayBytes, withProgress } from '../output.ts'

export interface MailLsOptions extends MailFilter, MailPlace {
  readonly json?: boolean
}

export interface MailShowOptions extends MailPlace {
  readonly json?: boolean
  readonly raw?: boolean
  readonly part?: string
  /** A file. */
  readonly to?: string
}

export interface MailWaitOptions extends MailFilter, MailPlace {
  readonly json?: boolean
  readonly timeout: string
  readonly count: string
  readonly new?: boolean
}

const STDOUT = 1

export async function mailLs(options: MailLsOptions): Promise<void> {
  const mails = await from(options, (source) => source.mails(filterOf(options)))
  if (isFailure(mails)) return no(mails)
  if (options.json === true) return say(plainJson(mails))
  if (mails.length > 0) return say(formatMails(mails))
  complain('no such mail is there')
}

export async function mailShow(which: string, options: MailShowOptions): Promise<void> {
  const { raw, part, to, json } = options
  if (raw === true || part !== undefined) return showBytes(which, options)
  if (to !== undefined) return usage('--to says where --raw or --part goes')
  const mail = await from(options, (source) => source.mail(which))
  if (isFailure(mail)) return no(mail)
  say(json === true ? plainJson(mail) : formatMail(mail))
}

export async function mailWait(options: MailWaitOptions): Promise<void> {
  const timeout = safeParse(duration, options.timeout)
  const count = Number(options.count)
  if (!timeout.success) return usage(`--timeout: ${timeout.issues[0].message}`)
  if (!Number.isInteger(count) || count < 1) return usage('--count: expected a number from 1')
  const wanted = { ...filterOf(options), timeoutMs: timeout.output, count, onlyNew: options.new === true }
  const waiting = from(options, (source) => source.wait(wanted))
  const mails = await withProgress('portolan: waiting for mail', waiting)
  if (isFailure(mails)) return no(mails)
  for (const mail of mails) say(options.json === true ? plainJson(mail) : formatMail(mail))
  if (mails.length >= count) return
  no(failure('ETIMEDOUT', `${mails.length} of ${count} such mails within ${options.timeout}`))
}

async function showBytes(which: string, options: MailShowOptions): Promise<void> {
  const { part, to } = options
  const number = part === undefined ? undefined : Number(part)
  if (number !== undefined && !(Number.isInteger(number) && number > 0))
    return usage('--part: expected a number from 1')
  const base64 = await from(options, (source) => source.bytes(which, number))
  if (isFailure(base64)) return no(base64)
  const bytes = Buffer.from(base64, 'base64')
  if (to !== undefined) return write(to, bytes)
  if (!isatty(STDOUT)) return sayBytes(bytes)
  say(plainText(bytes.toString('utf8')))
}

function write(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file, bytes)
  } catch (thrown) {
    no(failureFrom(thrown))
  }
}

async function from<Answer>(
  place: MailPlace,
  ask: (source: MailSource) => Promise<Answer | Failure>,
): Promise<Answer | Failure> {
  const source = await openMail(place)
  if (isFailure(source)) return source
  try {
    return await ask(source)
  } finally {
    await source.close()
  }
}

function filterOf({ to, from: sender, subject, mailbox }: MailFilter): MailFilter {
  const given = { to, from: sender, subject, mailbox }
  return Object.fromEntries(Object.entries(given).filter(([, text]) => text !== undefined))
}

function no(why: Failure): void {
  complain(why.message)
  process.exitCode = EXIT.no
}

function usage(what: string): void {
  complain(what)
  process.exitCode = EXIT.usage
}
