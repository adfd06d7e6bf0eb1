// An FTP server by script, for tests of the client: what it says to each line, and files in memory. It knows nothing of
// paths, rights or limits.

import type { Inbox } from '../../../wire/inbox.ts'
import { isFailure, type Address, type StreamListen, type StreamIo, type StreamMachine } from '../../../core/index.ts'
import { latin1 } from '../../../wire/text.ts'
import { parseExtended, parsePort } from '../codec/index.ts'

export interface SampleScript {
  /** All that is said to a line, instead of what would be; `''`: nothing. */
  readonly answer?: (line: string) => string | undefined
  readonly greeting?: string
  readonly features?: readonly string[]
  /** Breaks a download off after so many bytes. */
  readonly breaksAfter?: number
  /** Goes on only when an ABOR comes. */
  readonly stalls?: boolean
}

const LINE_MAX_BYTES = 10_000

export class SampleServer {
  readonly files = new Map<string, string>()
  readonly heard: string[] = []
  /** Whether the control session was taken up again, for each data connection with TLS. */
  readonly resumed: (boolean | undefined)[] = []
  /** Addresses that data connections came from, or went to. */
  readonly dataPeers: string[] = []
  readonly script: SampleScript

  constructor(script: SampleScript = {}) {
    this.script = script
  }

  listen(port: number, tls?: 'implicit'): StreamListen {
    const secure = tls === undefined ? {} : ({ tls, session: 'own' } as const)
    return { transport: 'tcp', port, ...secure, accept: (io) => new SampleSession(io, this) }
  }
}

type DataJob = (data: StreamIo) => void

class SampleSession implements StreamMachine {
  readonly #io: StreamIo
  readonly #server: SampleServer
  #active: Address | undefined
  #data: StreamIo | undefined
  #job: DataJob | undefined
  #taken: ((text: string) => void) | undefined
  #from = 0
  #isPrivate = false

  constructor(io: StreamIo, server: SampleServer) {
    this.#io = io
    this.#server = server
  }

  opened(): void {
    this.#say(this.#server.script.greeting ?? '220 sample')
  }

  received(inbox: Inbox): boolean {
    const line = inbox.line(LINE_MAX_BYTES, true)
    if (typeof line === 'string') return false
    const text = latin1(line)
    this.#server.heard.push(text)
    const scripted = this.#server.script.answer?.(text)
    if (scripted === undefined) this.#obey(text)
    else if (scripted !== '') this.#say(scripted)
    return true
  }

  #say(text: string): void {
    this.#io.send(Buffer.from(`${text}\r\n`))
  }

  #obey(line: string): void {
    const space = line.indexOf(' ')
    const verb = space === -1 ? line : line.slice(0, space)
    const argument = space === -1 ? '' : line.slice(space + 1)
    switch (verb) {
      case 'USER':
        return this.#say('331 password')
      case 'PASS':
      case 'ACCT':
        return this.#say('230 in')
      case 'HOST':
        return this.#say('220 that host')
      case 'AUTH':
        return this.#secure()
      case 'FEAT':
        return this.#say(
          ['211-Features:', ...(this.#server.script.features ?? []).map((each) => ` ${each}`), '211 End'].join('\r\n'),
        )
      case 'PROT':
        this.#isPrivate = argument === 'P'
        return this.#say('200 so')
      case 'EPSV':
        return this.#passive((port) => `229 here (|||${port}|)`)
      case 'PASV':
        return this.#passive((port) => `227 there (192,0,2,66,${port >> 8},${port & 255})`)
      case 'EPRT':
      case 'PORT':
        return this.#name(verb === 'EPRT' ? parseExtended(argument) : parsePort(argument))
      case 'REST':
        this.#from = Number(argument)
        return this.#say('350 from there')
      case 'RETR':
        return this.#send(this.#server.files.get(argument))
      case 'LIST':
      case 'NLST':
      case 'MLSD':
        return this.#send([...this.#server.files.keys()].map((name) => `${name}\r\n`).join(''))
      case 'STOR':
      case 'APPE':
      case 'STOU':
        return this.#take(verb === 'STOU' ? 'unique' : argument)
      case 'ABOR':
        return this.#abort()
      case 'RNFR':
        return this.#say('350 to where')
      case 'QUIT':
        this.#say('221 bye')
        return this.#io.end()
      default:
        return this.#say('200 fine')
    }
  }

  #secure(): void {
    this.#say('234 begin')
    this.#io.secure({ side: 'server', session: 'own' }, () => {})
  }

  #passive(form: (port: number) => string): void {
    this.#active = undefined
    const agreed = { peer: this.#io.peer.ip, because: 'a test' }
    const accept = (io: StreamIo): StreamMachine => this.#dataMachine(io)
    this.#io.listen({ transport: 'tcp', port: 0, agreed, accept }, (bound) => {
      this.#say(isFailure(bound) ? '425 none' : form(bound.local.port))
    })
  }

  #name(address: Address | 'family' | undefined): void {
    if (address === undefined || address === 'family') return this.#say('501 what')
    this.#active = address
    this.#say('200 there')
  }

  #send(content: string | undefined): void {
    if (content === undefined) return this.#say('550 no such file')
    const bytes = content.slice(this.#from)
    this.#from = 0
    this.#begin('150 coming', (data) => {
      const { breaksAfter, stalls } = this.#server.script
      data.send(Buffer.from(bytes.slice(0, breaksAfter)))
      if (stalls === true) return
      data.end()
      this.#say(breaksAfter === undefined ? '226 done' : '426 broken off')
    })
  }

  #take(name: string): void {
    const kept = this.#from > 0 ? (this.#server.files.get(name) ?? '').slice(0, this.#from) : ''
    this.#from = 0
    this.#taken = (text) => {
      this.#server.files.set(name, kept + text)
      this.#say('226 done')
    }
    this.#begin(name === 'unique' ? '150 FILE: unique' : '150 give', () => {})
  }

  #abort(): void {
    if (this.#data === undefined) return this.#say('225 nothing to break off')
    this.#data.reset('ABOR')
    this.#data = undefined
    this.#taken = undefined
    this.#say('426 broken off')
    this.#say('226 so be it')
  }

  #begin(opening: string, job: DataJob): void {
    this.#say(opening)
    this.#job = job
    if (this.#active !== undefined) this.#io.connect(this.#active, (io) => this.#dataMachine(io))
    else if (this.#data !== undefined) this.#ready(this.#data)
  }

  #ready(data: StreamIo): void {
    if (!this.#isPrivate) return this.#run(data)
    const session = this.#io.tls?.session
    data.secure({ side: 'server', ...(session === undefined ? {} : { session }) }, (secured) => {
      this.#server.resumed.push(isFailure(secured) ? undefined : secured.resumed)
      if (!isFailure(secured)) this.#run(data)
    })
  }

  #run(data: StreamIo): void {
    const job = this.#job
    this.#job = undefined
    job?.(data)
  }

  #dataMachine(io: StreamIo): StreamMachine {
    let text = ''
    return {
      opened: () => {
        this.#data = io
        this.#server.dataPeers.push(io.peer.ip)
        if (this.#job !== undefined) this.#ready(io)
      },
      received: (inbox) => {
        if (inbox.length === 0) return false
        text += latin1(inbox.peek())
        inbox.clear()
        return true
      },
      ended: () => {
        io.end()
        this.#data = undefined
        this.#taken?.(text)
        this.#taken = undefined
      },
      closed: () => void (this.#data = undefined),
    }
  }
}
