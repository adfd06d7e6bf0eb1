// A server by script, for tests: it says what it is told to and writes down what it hears. It checks nothing.

import type { StreamIo, StreamListen, StreamMachine } from '../../../core/io.ts'
import type { Inbox } from '../../../wire/inbox.ts'

export interface SampleScript {
  readonly greeting?: string
  /** Lines of EHLO's reply behind its first. */
  readonly extensions?: readonly string[]
  /** A reply in place of the usual one; `hang-up` and `silence` mean what they say. `.` stands for the end of content. */
  readonly answer?: (line: string, times: number) => string | undefined
}

export interface SampleMail {
  sender: string
  recipients: string[]
  content: string
}

export class SampleServer {
  /** Can be changed at any time. */
  script: SampleScript
  /** Everything that was said, over all connections, replies after `< `. */
  readonly log: string[] = []
  readonly mails: SampleMail[] = []
  connections = 0
  readonly #times = new Map<string, number>()

  constructor(script: SampleScript = {}) {
    this.script = script
  }

  /** What the clients said. */
  get heard(): string[] {
    return this.log.filter((line) => !line.startsWith('< '))
  }

  listen(port: number): StreamListen {
    return { transport: 'tcp', port, accept: (io) => new SampleSession(io, this) }
  }

  override(line: string): string | undefined {
    const times = (this.#times.get(line) ?? 0) + 1
    this.#times.set(line, times)
    return this.script.answer?.(line, times)
  }
}

class SampleSession implements StreamMachine {
  readonly #io: StreamIo
  readonly #server: SampleServer
  #mail: SampleMail = { sender: '', recipients: [], content: '' }
  /** Octets of a chunk, or DATA. */
  #reading: number | 'data' | undefined
  #content = ''

  constructor(io: StreamIo, server: SampleServer) {
    this.#io = io
    this.#server = server
    server.connections++
  }

  opened(): void {
    this.#say(this.#server.override('connect') ?? this.#server.script.greeting ?? '220 sample.test')
  }

  received(inbox: Inbox): boolean {
    if (this.#reading === 'data') return this.#data(inbox)
    if (this.#reading !== undefined) return this.#chunk(inbox, this.#reading)
    const line = inbox.line(20_000)
    if (!(line instanceof Uint8Array)) return false
    this.#command(Buffer.from(line).toString())
    return true
  }

  #command(line: string): void {
    this.#server.log.push(line)
    const [verb = '', size = '0'] = line.toUpperCase().split(/[ :]/)
    const override = this.#server.override(line)
    if (verb === 'BDAT') {
      this.#reading = Number(size)
      if (this.#reading === 0) this.#taken('', override)
      return
    }
    if (override !== undefined) {
      if (verb === 'DATA' && override.startsWith('354')) this.#reading = 'data'
      return this.#say(override)
    }
    this.#usual(verb, line)
  }

  #usual(verb: string, line: string): void {
    if (verb === 'EHLO') return this.#hello()
    if (verb === 'MAIL') this.#mail = { sender: pathIn(line), recipients: [], content: '' }
    if (verb === 'RCPT') this.#mail.recipients.push(pathIn(line))
    if (verb === 'STARTTLS') {
      this.#say('220 go on')
      return this.#io.secure({ side: 'server' }, () => {})
    }
    if (verb === 'DATA') {
      this.#reading = 'data'
      return this.#say('354 go on')
    }
    this.#say(verb === 'QUIT' ? '221 2.0.0 bye' : '250 2.0.0 fine')
    if (verb === 'QUIT') this.#io.end()
  }

  #hello(): void {
    const lines = ['sample.test', ...(this.#server.script.extensions ?? [])]
    const offered = lines.filter((line) => line !== 'STARTTLS' || this.#io.tls === undefined)
    this.#say(offered.map((line, at) => `250${at === offered.length - 1 ? ' ' : '-'}${line}`).join('\r\n'))
  }

  /** Whatever has come is taken at once: content may be larger than an inbox. */
  #data(inbox: Inbox): boolean {
    const from = Math.max(0, this.#content.length - 4)
    this.#content += Buffer.from(inbox.peek()).toString('latin1')
    const end = this.#content.startsWith('.\r\n') ? 0 : this.#content.indexOf('\r\n.\r\n', from) + 2
    if (end === 1) {
      inbox.clear()
      return true
    }
    inbox.skip(inbox.length - (this.#content.length - end - 3))
    this.#taken(this.#content.slice(0, end).replaceAll(/^\./gm, ''), this.#server.override('.'))
    return true
  }

  #chunk(inbox: Inbox, size: number): boolean {
    const bytes = inbox.take(Math.min(inbox.length, size - this.#content.length)) ?? new Uint8Array(0)
    this.#content += Buffer.from(bytes).toString('latin1')
    if (this.#content.length === size) this.#taken(this.#content, this.#server.override('.'))
    return true
  }

  #taken(content: string, override: string | undefined): void {
    this.#reading = undefined
    this.#content = ''
    this.#mail.content = content
    if (override === undefined || override.startsWith('2')) this.#server.mails.push(this.#mail)
    this.#say(override ?? '250 2.0.0 taken')
  }

  #say(text: string): void {
    if (text === 'silence') return
    if (text === 'hang-up') return this.#io.end()
    this.#server.log.push(`< ${text.split('\r\n')[0] ?? ''}`)
    this.#io.send(Buffer.from(`${text}\r\n`))
    if (text.startsWith('421')) this.#io.end()
  }
}

function pathIn(line: string): string {
  return /<(.*)>/.exec(line)?.[1] ?? ''
}
