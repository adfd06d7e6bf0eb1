// portolan dns: the zones of a running world, edits that are seen at once, questions with their way from the root, and failures on
// order.

import { findWorld } from '../../control/client.ts'
import {
  askAnchors,
  askCancel,
  askEdit,
  askFailure,
  askFailures,
  askKeys,
  askQuery,
  askRecords,
  askZones,
} from '../../control/name-client.ts'
import { isFailure, type Failure } from '../../core/failure.ts'
import type { EditOutcome, FailureView, NameEdit, QueryView, RecordView, ZoneSummary } from '../../net/names/index.ts'
import { plainJson } from '../../net/mail/plain-text.ts'
import { EXIT } from '../exit-codes.ts'
import { worldAround } from '../mail-source.ts'
import { complain, say, table } from '../output.ts'

export interface DnsOptions {
  /** Which running world. */
  readonly world?: string
  readonly json?: boolean
}

export interface DnsSetOptions extends DnsOptions {
  readonly add?: boolean
}

export interface DnsQueryOptions extends DnsOptions {
  readonly trace?: boolean
}

export interface DnsFailOptions extends DnsOptions {
  readonly type?: string
  readonly host?: string
  readonly peer?: string
  readonly count?: string
  readonly delay?: string
  readonly poison?: string
}

export interface DnsAnchorOptions extends DnsOptions {
  readonly form: 'ds' | 'bind' | 'json'
}

export async function dnsLs(name: string | undefined, options: DnsOptions): Promise<void> {
  if (name === undefined) return show(options, askZones, formatZones)
  return show(options, (folder) => askRecords(folder, name), formatRecords)
}

/** `words`: `60 A 192.0.2.7`, as behind the owner in a zone file. */
export async function dnsSet(name: string, words: readonly string[], options: DnsSetOptions): Promise<void> {
  const line = [name, ...words.map(quotedWord)].join(' ')
  return edit({ add: [line], remove: [], replace: options.add !== true }, options)
}

export async function dnsRm(
  name: string,
  type: string | undefined,
  data: readonly string[],
  options: DnsOptions,
): Promise<void> {
  const removal = {
    name,
    ...(type === undefined ? {} : { type }),
    ...(data.length === 0 ? {} : { data: data.map(quotedWord).join(' ') }),
  }
  return edit({ add: [], remove: [removal], replace: false }, options)
}

export async function dnsQuery(name: string, type: string, options: DnsQueryOptions): Promise<void> {
  const view = await inWorld(options, (folder) => askQuery(folder, { name, type, traced: options.trace === true }))
  if (isFailure(view)) return no(view)
  say(options.json === true ? plainJson(view) : formatQuery(view))
  if (view.rcode !== 'NOERROR') process.exitCode = EXIT.no
}

export async function dnsFail(what: string, name: string | undefined, options: DnsFailOptions): Promise<void> {
  const { type, host, peer, count, delay, poison } = options
  const given = {
    do: what,
    name,
    type,
    host,
    peer,
    count: count === undefined ? undefined : Number(count),
    delay,
    poison,
  }
  const order = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return show(
    options,
    (folder) => askFailure(folder, order),
    (view) => formatFailures([view]),
  )
}

export async function dnsFailures(options: DnsOptions): Promise<void> {
  return show(options, askFailures, (views) =>
    views.length === 0 ? 'nothing goes wrong on order' : formatFailures(views),
  )
}

export async function dnsHeal(id: string | undefined, options: DnsOptions): Promise<void> {
  const gone = await inWorld(options, (folder) => askCancel(folder, id ?? ''))
  if (isFailure(gone)) return no(gone)
  if (options.json === true) return say(plainJson({ cancelled: gone }))
  if (gone > 0) return say(gone === 1 ? '1 failure is over' : `${gone} failures are over`)
  complain(id === undefined ? 'nothing went wrong on order' : `there is no failure ${id}`)
  process.exitCode = EXIT.no
}

export async function dnsHints(options: DnsOptions): Promise<void> {
  return show(options, askAnchors, (view) => view.hints.trimEnd())
}

export async function dnsAnchor(options: DnsAnchorOptions): Promise<void> {
  const view = await inWorld(options, askAnchors)
  if (isFailure(view)) return no(view)
  if (options.json === true) return say(plainJson(view))
  if (view.ds !== '') return say((options.form === 'bind' ? view.bind : view.ds).trimEnd())
  complain('the root of this world is not signed')
  process.exitCode = EXIT.no
}

export async function dnsKeys(options: DnsOptions): Promise<void> {
  return show(options, askKeys, (keys) =>
    keys.length === 0
      ? 'no keys; a world file has them under `dns: keys`'
      : keys.map(({ name, algorithm, secret }) => `${algorithm}:${name}:${secret}`).join('\n'),
  )
}

async function edit(change: NameEdit, options: DnsOptions): Promise<void> {
  return show(options, (folder) => askEdit(folder, change), formatEdit)
}

async function show<View>(
  options: DnsOptions,
  ask: (folder: string) => Promise<View | Failure>,
  format: (view: View) => string,
): Promise<void> {
  const view = await inWorld(options, ask)
  if (isFailure(view)) return no(view)
  say(options.json === true ? plainJson(view) : format(view))
}

/** Inside `portolan run` it is the world around the program, unless another is named. */
export async function inWorld<View>(
  { world: wanted }: DnsOptions,
  ask: (folder: string) => Promise<View | Failure>,
): Promise<View | Failure> {
  const world = await findWorld(process.getuid?.() ?? 0, wanted ?? worldAround())
  return isFailure(world) ? world : ask(world.folder)
}

function formatZones(zones: readonly ZoneSummary[]): string {
  const rows = zones.map(({ zone, serial, records, servers, signed }) => [
    zone,
    serial === null ? '-' : String(serial),
    String(records),
    signed ? 'yes' : 'no',
    servers.join(', '),
  ])
  return table(['ZONE', 'SERIAL', 'RECORDS', 'SIGNED', 'SERVERS'], rows)
}

function formatRecords(records: readonly RecordView[]): string {
  const rows = records.map(({ name, ttl, type, data }) => [name, String(ttl), type, data])
  return table(['NAME', 'TTL', 'TYPE', 'DATA'], rows)
}

/** The way first, a line for each question, then what came of it. */
function formatQuery({ rcode, secure, answers, steps, judged = [], error }: QueryView): string {
  const rows = steps.map(({ zone, server, ip, over, rttMs, summary }) => [
    zone,
    `${server} [${ip}]${over === 'udp' ? '' : ` over ${over}`}`,
    `${rttMs.toFixed(1)} ms`,
    summary,
  ])
  const walked = rows.length === 0 ? [] : [table(['ZONE', 'ASKED', 'TOOK', 'ANSWER'], rows), '']
  const outcome = `${rcode}, ${secure ? 'validated' : 'not validated'}${error === undefined ? '' : `: ${error}`}`
  const found = answers.length === 0 ? [] : [formatRecords(answers)]
  return [...walked, ...found, outcome, ...judged.map((link) => `  ${link}`)].join('\n')
}

function formatEdit({ zone, serial, added, removed }: EditOutcome): string {
  const lines = [...removed.map((record) => `- ${lineOf(record)}`), ...added.map((record) => `+ ${lineOf(record)}`)]
  return lines.length === 0 ? `nothing to change in ${zone}` : [...lines, `${zone} has serial ${serial}`].join('\n')
}

function lineOf({ name, ttl, type, data }: RecordView): string {
  return `${name} ${ttl} ${type} ${data}`
}

function formatFailures(views: readonly FailureView[]): string {
  const rows = views.map(({ id, do: what, when, done }) => [String(id), what, when, String(done)])
  return table(['ID', 'DOES', 'TO ANSWERS OF', 'DONE'], rows)
}

/** The shell has taken the quotes off: a word with blanks was quoted. Quotes that it left are those of a zone file. */
function quotedWord(word: string): string {
  return /^(?:[^\s"]+|"(?:[^"\\]|\\.)*")$/.test(word) ? word : `"${word.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

function no(why: Failure): void {
  complain(why.message)
  process.exitCode = EXIT.no
}
