// The report in words, after a run. Bounded in length; nothing that a peer chose reaches the terminal unescaped.

import { styleText } from 'node:util'
import type { AskedName } from './names.ts'
import type { Conversation, Note, Refused, Said, Summary } from './summary.ts'
import type { Counted } from './tally.ts'

export interface TextOptions {
  readonly colour: boolean
  /** The program that was run. */
  readonly program: string | undefined
}

type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'none'

/** `under` stands below, indented to the second column. */
interface Line {
  readonly label: string
  readonly subject: string
  readonly rest: string
  readonly style: Style
  readonly under?: readonly { readonly text: string; readonly style: Style }[]
}

const SECTION_MAX_LINES = 40 // ours: of each kind
const SAID_STYLES: Readonly<Record<Said['severity'], Style>> = { info: 'none', warning: 'yellow', detail: 'dim' }
const SAID_MAX_LINES = 6 // ours: of one conversation
const FIELD_MAX_CHARACTERS = 160 // ours: two lines of a terminal
const SUBJECT_MAX_COLUMNS = 40 // ours: longer names push their line out alone

export function formatText(summary: Summary, options: TextOptions): string {
  const sections = [
    summary.names.map(nameLine),
    summary.unknownNames.map(unknownLine),
    summary.conversations.map((one) => conversationLine(one, openersOf(summary) > 1)),
    summary.refused.map(refusedLine),
    summary.notes.map(noteLine),
  ]
  const lines = sections.flatMap(boundedSection)
  const labelColumns = Math.max(0, ...lines.map((line) => line.label.length))
  const subjectColumns = Math.min(SUBJECT_MAX_COLUMNS, Math.max(0, ...lines.map((line) => safe(line.subject).length)))
  const paint = (style: Style, text: string): string =>
    options.colour && style !== 'none' ? styleText(style, text, { validateStream: false }) : text
  const body = lines.flatMap((line) => renderedLine(line, labelColumns, subjectColumns, paint))
  return [paint('bold', headline(summary, options.program)), ...body, ...lostLines(summary, paint), ''].join('\n')
}

function headline(summary: Summary, program: string | undefined): string {
  const who = program === undefined ? '' : `${safe(program)} `
  const names = summary.names.length + summary.unknownNames.length
  const asked = names > 0 ? [`asked for ${plural(names, 'name')}`] : []
  const opened = [...openedWords(summary, 'tcp', 'connection'), ...openedWords(summary, 'udp', 'datagram exchange')]
  const did = [...asked, ...(opened.length > 0 ? [`opened ${opened.join(' and ')}`] : [])]
  const refused = summary.refused.reduce((sum, one) => sum + one.count, 0)
  const end = refused > 0 ? `; ${plural(refused, 'attempt')} refused` : ''
  return `Portolan: ${who}${did.length > 0 ? did.join(', ') : 'asked for nothing and opened nothing'}${end}`
}

function openedWords(summary: Summary, transport: 'tcp' | 'udp', noun: string): string[] {
  const own = summary.conversations.filter((one) => one.transport === transport && !one.byHost)
  const count = own.reduce((sum, one) => sum + one.flows, 0)
  return count > 0 ? [plural(count, noun)] : []
}

function openersOf(summary: Summary): number {
  return new Set(summary.conversations.map((one) => one.from)).size
}

function nameLine(asked: AskedName): Line {
  const answers = asked.answers.length > 0 ? asked.answers.join(', ') : 'no data'
  return { label: 'name', subject: asked.name, rest: `${asked.types.join(', ')} → ${answers}`, style: 'none' }
}

function unknownLine(asked: AskedName): Line {
  const by = asked.programs.length > 0 ? ` by ${asked.programs.join(', ')}` : ''
  const told = asked.answers.length > 0 ? ` → ${asked.answers.join(', ')}` : ''
  const rest = `${asked.types.join(', ')}${told}, asked${by}${times(asked.count)}`
  return { label: 'unknown', subject: asked.name, rest, style: 'yellow' }
}

function conversationLine(one: Conversation, sayFrom: boolean): Line {
  const facts = [
    ...(one.flows > 1 ? [`${grouped(one.flows)} times`] : []),
    ...(one.programs.length > 0 ? [`by ${one.programs.join(', ')}`] : []),
    ...(sayFrom ? [`from ${one.from}`] : []),
    ...one.tls,
    `${plural(one.bytesUp, 'byte')} up, ${grouped(one.bytesDown)} down`,
    ...(one.longestMs === undefined ? [] : [`${one.flows > 1 ? 'up to ' : ''}${duration(one.longestMs)}`]),
    ...(one.open > 0 ? [one.open === one.flows ? 'still open' : `${grouped(one.open)} still open`] : []),
  ]
  const service = one.service === '' ? 'nobody serves it' : one.service
  return {
    label: `${one.agreed ? 'data' : one.port}/${one.transport}`,
    subject: one.host,
    rest: `${service}: ${facts.join(', ')}`,
    style: 'green',
    under: boundedSaid(one.said),
  }
}

function boundedSaid(said: readonly Counted<Said>[]): Line['under'] & {} {
  const weighty = said.filter(({ thing }) => thing.severity !== 'detail')
  const told = (weighty.length > 0 ? weighty : said).slice(0, SAID_MAX_LINES)
  const shown = told.map(({ thing, count }) => ({
    text: `${thing.text}${times(count)}`,
    style: SAID_STYLES[thing.severity],
  }))
  const more = sumOf(said) - sumOf(told)
  return more > 0 ? [...shown, { text: `and ${grouped(more)} more`, style: 'dim' }] : shown
}

function sumOf(said: readonly Counted<Said>[]): number {
  return said.reduce((sum, one) => sum + one.count, 0)
}

function refusedLine({ thing, count }: Counted<Refused>): Line {
  const verb = thing.verdict === 'reject' ? 'rejected' : 'dropped'
  const by = thing.programs.length > 0 ? `, tried by ${thing.programs.join(', ')}` : ''
  const rule = thing.rule === undefined ? '' : ` (rule ${thing.rule})`
  const rest = `${verb}: ${thing.because}${rule}${by}${times(count)}`
  return { label: `${thing.port}/${thing.transport}`, subject: thing.host, rest, style: 'red' }
}

function noteLine({ thing, count }: Counted<Note>): Line {
  const style = thing.severity === 'warning' ? 'yellow' : 'none'
  return { label: 'note', subject: thing.service, rest: `${thing.text}${times(count)}`, style }
}

function boundedSection(lines: readonly Line[]): readonly Line[] {
  const more = lines.length - SECTION_MAX_LINES
  const last = lines[SECTION_MAX_LINES]
  if (more <= 0 || last === undefined) return lines
  const rest: Line = { label: last.label, subject: '', rest: `and ${grouped(more)} more like these`, style: 'dim' }
  return [...lines.slice(0, SECTION_MAX_LINES), rest]
}

function renderedLine(
  line: Line,
  labelColumns: number,
  subjectColumns: number,
  paint: (style: Style, text: string) => string,
): string[] {
  const label = paint(line.style, line.label.padEnd(labelColumns))
  const subject = safe(line.subject).padEnd(subjectColumns)
  const first = `  ${label}  ${subject}  ${safe(line.rest)}`.trimEnd()
  const indent = ' '.repeat(labelColumns + 6)
  return [first, ...(line.under ?? []).map(({ text, style }) => `${indent}${paint(style, safe(text))}`)]
}

function lostLines(summary: Summary, paint: (style: Style, text: string) => string): string[] {
  const { flows, events } = summary.lost
  if (flows === 0 && events === 0) return []
  const what = [...(flows > 0 ? [plural(flows, 'flow')] : []), ...(events > 0 ? [plural(events, 'event')] : [])]
  return [paint('yellow', `  The record was full: the oldest ${what.join(' and ')} are not in this report.`)]
}

/** Control and formatting characters as escapes, and cut to a field's length. */
function safe(text: string): string {
  const cut = text.length > FIELD_MAX_CHARACTERS ? `${text.slice(0, FIELD_MAX_CHARACTERS)}…` : text
  return cut.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped)
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}

function times(count: number): string {
  return count > 1 ? ` (${grouped(count)} times)` : ''
}

function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
}

function grouped(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}
