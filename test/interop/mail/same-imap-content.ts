// All that one IMAP server says of one mail after the other, in a form that can be compared.

import { ImapSession } from './same-imap-session.ts'
import { itemsFor } from './same-imap-parts.ts'
import { itemsOf, valuesIn, written, type Value } from './same-imap-values.ts'
import type { Place } from './same-wire.ts'

/** By item; for an item that failed, how. */
export type Told = ReadonlyMap<string, string>

/** Puts mails into a mailbox of its own, each with a date and flags by its number. */
export async function fill(place: Place, user: string, mailbox: string, mails: readonly string[]): Promise<void> {
  const session = await ImapSession.login(place, user)
  await session.ask(`CREATE ${mailbox}`)
  for (const [at, mail] of mails.entries()) {
    const date = `${String(10 + (at % 15))}-Oct-2020 10:00:${String(at % 60).padStart(2, '0')} +0000`
    const { tagged } = await session.ask(
      `APPEND ${mailbox} (${FLAGS[at % FLAGS.length] ?? ''}) "${date}" {${mail.length}}\r\n${mail}`,
    )
    if (!tagged.startsWith('OK')) throw new Error(`mail ${at} at port ${place.port}: ${tagged}`)
  }
  session.close()
}

const FLAGS = ['\\Seen', '\\Answered \\Flagged', '$Forwarded hi', '\\Deleted', '\\Draft']

/** What is told of each mail in a mailbox, in their order. */
export async function tellAll(place: Place, user: string, mailbox: string, count: number): Promise<readonly Told[]> {
  const session = await ImapSession.login(place, user)
  await session.ask(`SELECT ${mailbox}`)
  const all: Told[] = []
  for (let number = 1; number <= count; number++) all.push(await tell(session, number))
  session.close()
  return all
}

async function tell(session: ImapSession, number: number): Promise<Told> {
  const told = new Map<string, string>()
  const structure = (await fetched(session, number, 'BODYSTRUCTURE', told)).get('BODYSTRUCTURE') ?? null
  const { sections, binaries } = itemsFor(structure)
  await fetched(session, number, `(${sections})`, told)
  for (const binary of binaries) await fetched(session, number, binary, told)
  return told
}

async function fetched(
  session: ImapSession,
  number: number,
  items: string,
  told: Map<string, string>,
): Promise<ReadonlyMap<string, Value>> {
  const { untagged, tagged } = await session.ask(`FETCH ${number} ${items}`)
  const start = `* ${number} FETCH `
  const response = untagged.find((each) => each.startsWith(start)) ?? start
  const values = itemsOf(valuesIn(response.slice(start.length))[0])
  for (const [name, value] of values) told.set(name, formOf(name, value))
  if (!tagged.startsWith('OK')) told.set(`FETCH ${items}`, /^\w+( \[[^\]]*\])?/.exec(tagged)?.[0] ?? tagged)
  return values
}

/** Runs of white space in an ENVELOPE are one space: RFC 5322 §2.2.3 leaves them, Dovecot does not. A day is two digits. */
function formOf(name: string, value: Value): string {
  const text = written(value)
  if (name === 'INTERNALDATE') return text.replace('" ', '"0')
  return name === 'ENVELOPE' ? text.replaceAll(/(\\t| )+/g, ' ').replaceAll(/" | "(?=[ )])/g, '"') : text
}
