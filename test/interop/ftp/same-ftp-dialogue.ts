// Dialogues with an FTP server, written as lines, played on one server after the other.
//
//   A: CWD sub            session A, which is logged in, says it
//   A| NOOP, PWD          several commands at once
//   A< RETR file          a transfer to us, passive: what announced it, what ended it, and what came
//   A> STOR file = text   a transfer from us
//   A<< LIST              the same, active
//   A- USER x             in a session that begins without a login
//
// Escapes are those of C. Texts for people go; of replies that clients read (213, 215, 227, 229, 257) the text stays, without
// the numbers that a server chose. Dates in listings go too.

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { Heard, Line } from '../mail/same-dialogue.ts'
import { Wire, type Place } from '../mail/same-wire.ts'

const LINE = /^([A-Z])(:|\||-|<<|>>|<|>) ?(.*)$/s
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', '0': '\0', '\\': '\\' }

/** What was heard at each line. */
export async function playFtp(place: Place, user: string, lines: readonly Line[]): Promise<readonly Heard[]> {
  const sessions = new Map<string, FtpTalk>()
  const all: Heard[] = []
  try {
    for (const { said } of lines) {
      const [, name = '', how = '', text = ''] = LINE.exec(said) ?? []
      const known = sessions.get(name)
      const talk = known ?? (await FtpTalk.open(place))
      sessions.set(name, talk)
      if (known === undefined && how !== '-') await talk.login(user)
      all.push(await talk.play(how, unescaped(text)))
    }
  } finally {
    for (const talk of sessions.values()) talk.close()
  }
  return all
}

class FtpTalk {
  readonly #place: Place
  readonly #wire: Wire

  private constructor(place: Place, wire: Wire) {
    this.#place = place
    this.#wire = wire
  }

  static async open(place: Place): Promise<FtpTalk> {
    const talk = new FtpTalk(place, await Wire.open(place))
    await talk.#reply()
    return talk
  }

  async login(user: string): Promise<void> {
    for (const line of [`USER ${user}`, `PASS ${user}`, 'TYPE I']) await this.#ask(line)
  }

  async play(how: string, text: string): Promise<Heard> {
    switch (how) {
      case ':':
      case '-':
        return [formOf(await this.#ask(text))]
      case '|':
        return this.#pipeline(text.split(', '))
      case '<<':
        return this.#transfer(await this.#active(), text)
      case '<':
        return this.#transfer(await this.#passive(), text)
      default: {
        const [, command = '', content = ''] = /^(.*?) = (.*)$/s.exec(text) ?? []
        const data = how === '>>' ? await this.#active() : await this.#passive()
        return this.#transfer(data, command, content)
      }
    }
  }

  close(): void {
    this.#wire.close()
  }

  async #ask(line: string): Promise<string> {
    this.#wire.send(`${line}\r\n`)
    return this.#reply()
  }

  async #reply(): Promise<string> {
    return (await this.#wire.take(replyIn)) ?? 'closed'
  }

  async #pipeline(commands: readonly string[]): Promise<Heard> {
    this.#wire.send(commands.map((command) => `${command}\r\n`).join(''))
    const heard: string[] = []
    for (const _ of commands) heard.push(formOf(await this.#reply()))
    return heard
  }

  async #passive(): Promise<DataSocket> {
    const port = Number(/\|\|\|(\d+)\|/.exec(await this.#ask('EPSV'))?.[1])
    const socket = connect({ host: this.#place.ip, port })
    await once(socket, 'connect')
    return { socket: Promise.resolve(socket), close: () => void socket.destroy() }
  }

  async #active(): Promise<DataSocket> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    const socket = once(server, 'connection').then(([accepted]: Socket[]) => {
      if (accepted === undefined) throw new Error('no connection')
      return accepted
    })
    await this.#ask(`PORT 127,0,0,1,${port >> 8},${port & 255}`)
    return { socket, close: () => void server.close() }
  }

  async #transfer(data: DataSocket, command: string, content?: string): Promise<Heard> {
    const opening = await this.#ask(command)
    if (!opening.startsWith('1')) {
      data.close()
      return [formOf(opening)]
    }
    const socket = await data.socket
    if (content !== undefined) socket.end(Buffer.from(content, 'latin1'))
    const pieces: Buffer[] = []
    if (content === undefined) for await (const piece of socket) pieces.push(piece)
    const ending = await this.#reply()
    data.close()
    const came = Buffer.concat(pieces).toString('latin1')
    return [formOf(opening), formOf(ending), ...(content === undefined ? listForm(command, came) : [])]
  }
}

interface DataSocket {
  readonly socket: Promise<Socket>
  close(): void
}

/** For `take`: one reply, over as many lines as it has. */
function replyIn(text: string): number | undefined {
  const first = /^(\d{3})([ -])[^\n]*\n/.exec(text)
  if (first === null) return undefined
  if (first[2] === ' ') return first[0].length
  const last = new RegExp(`^${first[1]} [^\\n]*\\n`, 'm').exec(text)
  return last === null ? undefined : last.index + last[0].length
}

function formOf(reply: string): string {
  const [, code = reply, text = ''] = /^(\d{3})[ -](.*?)\r?\n/s.exec(reply) ?? []
  switch (code) {
    case '213':
      return reply.startsWith('213-') ? code : `${code} ${text}`
    case '215':
      return `${code} ${text}`
    case '227':
      return `${code} ${text.replaceAll(/\d+/g, 'N')}`
    case '229':
      return `${code} ${text.replaceAll(/\d+/g, 'N')}`
    case '257':
      return `${code} ${/^"(?:[^"]|"")*"/.exec(text)?.[0] ?? text}`
    default:
      return code
  }
}

/** Lines of LIST without owners and dates; everything else as it came. */
function listForm(command: string, came: string): readonly string[] {
  if (!/^LIST/i.test(command)) return [came]
  return came.split('\r\n').map((line) => line.replace(/\w{3} [ \d]\d [ \d:]{5} /, 'DATE '))
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:x([\da-f]{2})|([nr0\\]))/gi, (_, hex: string | undefined, letter: string | undefined) =>
    hex === undefined ? (ESCAPES[letter ?? ''] ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
