// One IMAP session on a server that is compared, and what it answers.

import { responseIn } from './same-imap-values.ts'
import { Wire, type Place } from './same-wire.ts'

export interface Answer {
  /** Untagged responses and continuations, with their literals and line ends. */
  readonly untagged: readonly string[]
  /** Without the tag; `closed` when the server hung up before. */
  readonly tagged: string
}

export class ImapSession {
  readonly #wire: Wire
  #tags = 0
  #open = ''

  constructor(wire: Wire) {
    this.#wire = wire
  }

  static async open(place: Place): Promise<ImapSession> {
    const session = new ImapSession(await Wire.open(place))
    await session.#wire.take(responseIn)
    return session
  }

  static async login(place: Place, user: string): Promise<ImapSession> {
    const session = await ImapSession.open(place)
    const { tagged } = await session.ask(`LOGIN ${user} ${user}`)
    if (!tagged.startsWith('OK')) throw new Error(`${user} at port ${place.port}: ${tagged}`)
    return session
  }

  /** Sends a command, each synchronising literal once it is asked for. IDLE and AUTHENTICATE end where the server says `+`. */
  async ask(command: string): Promise<Answer> {
    this.#tags += 1
    this.#open = `t${this.#tags}`
    return this.#say(`${this.#open} ${command}\r\n`, /^(IDLE|AUTHENTICATE)\b/i.test(command))
  }

  /** Sends several commands at once. They may be completed in another order: the first answer has all that is untagged. */
  async askAll(commands: readonly string[]): Promise<readonly Answer[]> {
    const tags = commands.map((_, at) => `t${this.#tags + at + 1}`)
    this.#tags += commands.length
    this.#wire.send(commands.map((command, at) => `${tags[at] ?? ''} ${command}\r\n`).join(''))
    const untagged: string[] = []
    const tagged = new Map<string, string>()
    while (tagged.size < tags.length) {
      const response = (await this.#wire.take(responseIn)) ?? ''
      const [tag = ''] = response.split(' ', 1)
      if (tags.includes(tag)) tagged.set(tag, response.slice(tag.length + 1).trimEnd())
      else if (response === '') for (const lost of tags) tagged.set(lost, tagged.get(lost) ?? 'closed')
      else untagged.push(response)
    }
    return tags.map((tag, at) => ({ untagged: at === 0 ? untagged : [], tagged: tagged.get(tag) ?? '' }))
  }

  /** Sends what is no command of its own, such as DONE, and reads on to the end of the open command, or to another `+`. */
  async goOn(text: string): Promise<Answer> {
    return this.#say(`${text}\r\n`, true)
  }

  /** Sends a line as it is, tag and all. Where the tag is none, `* BAD` ends the answer. */
  async raw(line: string): Promise<Answer> {
    this.#open = /^[^\s*+(){%"\\]+/.exec(line)?.[0] ?? '*'
    return this.#say(line, false)
  }

  /** Reads until an untagged response matches. */
  async hears(pattern: RegExp): Promise<Answer> {
    const untagged: string[] = []
    for (;;) {
      const response = await this.#wire.take(responseIn)
      if (response === undefined) return { untagged, tagged: 'closed' }
      untagged.push(response)
      if (pattern.test(response)) return { untagged, tagged: '' }
    }
  }

  close(): void {
    this.#wire.close()
  }

  async #say(text: string, untilContinued: boolean): Promise<Answer> {
    const pieces = text.split(/(?<=\{\d+\}\r\n)/)
    const untagged: string[] = []
    let piece = pieces.shift() ?? ''
    this.#wire.send(piece)
    for (;;) {
      const response = await this.#wire.take(responseIn)
      if (response === undefined) return { untagged, tagged: 'closed' }
      if (response.startsWith(`${this.#open} `))
        return { untagged, tagged: response.slice(this.#open.length + 1).trimEnd() }
      if (response.startsWith('* BAD')) return { untagged, tagged: `untagged ${response.slice(2).trimEnd()}` }
      const asked = response.startsWith('+')
      if (!asked || untilContinued) untagged.push(response)
      if (asked && untilContinued) return { untagged, tagged: '+' }
      if (!asked || pieces.length === 0) continue
      piece = pieces.shift() ?? ''
      this.#wire.send(piece)
    }
  }
}
