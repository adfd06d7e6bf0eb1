// Dialogues with an IMAP server, written as lines, played on one server after the other.
//
//   A: NOOP            session A of the dialogue's user says it (its login is not shown), and hears to the completion
//   a: NOOP            the same in a session that did not log in
//   A| NOOP ; NOOP     several commands at once
//   A> DONE            more of the open command
//   A< EXISTS          session A hears until an untagged response matches
//   A! t7              a line as it is, tag and all
//   keep m1            $m1 is $M from here on
//
// In a line, $V is the last UIDVALIDITY that was heard and $M the last HIGHESTMODSEQ; $USER is name and password of the
// user, and $PLAIN both as AUTH PLAIN wants them; {=text} is a literal that waits, {+text} one that does not.

import type { Heard, Line } from './same-dialogue.ts'
import { formOf } from './same-imap-form.ts'
import { ImapSession, type Answer } from './same-imap-session.ts'
import type { Place } from './same-wire.ts'

/** What was heard at each line. */
export async function playImap(place: Place, user: string, lines: readonly Line[]): Promise<readonly Heard[]> {
  const player = new Player(place, user)
  const heard: Heard[] = []
  try {
    for (const { said } of lines) {
      const answer = await player.play(said).catch((cause: unknown) => {
        throw new Error(`at port ${place.port}: ${said}`, { cause })
      })
      heard.push(answer.flatMap((each) => formOf(said, each)))
    }
  } finally {
    player.close()
  }
  return heard
}

class Player {
  readonly #place: Place
  readonly #user: string
  readonly #sessions = new Map<string, ImapSession>()
  readonly #kept = new Map<string, string>()

  constructor(place: Place, user: string) {
    this.#place = place
    this.#user = user
    this.#kept.set('USER', user)
    this.#kept.set('PLAIN', Buffer.from(`\0${user}\0${user}`).toString('base64'))
  }

  async play(line: string): Promise<readonly Answer[]> {
    const [, name = '', how = '', text = ''] = /^([A-Za-z])([:|<>!]) ?(.*)$/.exec(line) ?? []
    if (name === '') return this.#keep(line)
    const session = this.#sessions.get(name) ?? (await this.#open(name))
    this.#sessions.set(name, session)
    const answers = await speak(session, how, this.#filled(text))
    for (const answer of answers) this.#remember(answer)
    return answers
  }

  #open(name: string): Promise<ImapSession> {
    return name === name.toUpperCase() ? ImapSession.login(this.#place, this.#user) : ImapSession.open(this.#place)
  }

  close(): void {
    for (const session of this.#sessions.values()) session.close()
  }

  #keep(line: string): readonly Answer[] {
    const name = /^keep (\w+)$/.exec(line)?.[1]
    if (name === undefined) throw new Error(`no step of a dialogue: ${line}`)
    this.#kept.set(name, this.#kept.get('M') ?? '')
    return []
  }

  #filled(text: string): string {
    return text
      .replaceAll(/\$(\w+)/g, (whole, name: string) => this.#kept.get(name) ?? whole)
      .replaceAll(/\{([=+])([^}]*)\}/g, (_, kind: string, inside: string) => {
        const octets = Buffer.from(inside.replaceAll('\\n', '\r\n')).toString('latin1')
        return `{${octets.length}${kind === '+' ? '+' : ''}}\r\n${octets}`
      })
  }

  #remember({ untagged, tagged }: Answer): void {
    for (const response of [...untagged, tagged]) {
      for (const [, word, number = ''] of response.matchAll(/\b(UIDVALIDITY|HIGHESTMODSEQ) (\d+)/g))
        this.#kept.set(word === 'UIDVALIDITY' ? 'V' : 'M', number)
    }
  }
}

async function speak(session: ImapSession, how: string, text: string): Promise<readonly Answer[]> {
  switch (how) {
    case ':':
      return [await session.ask(text)]
    case '|':
      return session.askAll(text.split(' ; '))
    case '>':
      return [await session.goOn(text)]
    case '<':
      return [await session.hears(new RegExp(text))]
    default:
      return [await session.raw(`${text}\r\n`)]
  }
}
