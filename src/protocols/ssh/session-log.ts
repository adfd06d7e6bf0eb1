// Events of an SSH server: what stands in the record of a conversation that nobody can read on the wire. Busy ones are
// told one by one while there are few, and as a sum beyond.

import { EventBudget, type Event, type Io, type ProgramEnd } from '../../core/index.ts'

/** Characters of a name, a command or a line that an event shows. */
const SHOWN_MAX_CHARS = 500

/** Where an event goes: the stream's own `Io`, so that it is known with its flow. */
export type Emitter = Pick<Io, 'emit' | 'now'>

/** What was done with files, by SFTP or SCP. */
export interface FileEvent {
  /** `read`, `write`, `make-folder`. */
  readonly kind: string
  readonly path: string
  /** Of a rename, a link. */
  readonly to?: string
  readonly bytes?: number
  /** `done`, `interrupted`, or a code of errno(3). */
  readonly outcome: string
}

export class SessionLog {
  readonly #io: Io
  readonly #files: EventBudget
  readonly #refusals: EventBudget
  readonly #work: EventBudget

  /** `io`: the service's, for the sums. */
  constructor(io: Io) {
    this.#io = io
    this.#files = this.#budget('ssh-files', 'ssh.files', 'further file operations')
    this.#refusals = this.#budget('ssh-refusals', 'ssh.refusals', 'further refusals')
    this.#work = this.#budget('ssh-work', 'ssh.work', 'further commands and streams')
  }

  woke(timer: string): void {
    for (const budget of [this.#files, this.#refusals, this.#work]) budget.woke(timer)
  }

  loggedIn(emitter: Emitter, user: string, by: string, software: string): void {
    const detail = { user, by, software: shown(software) }
    this.#tell(this.#work, emitter, { kind: 'ssh.login', summary: `${user} logged in by ${by}`, detail })
  }

  loginFailed(emitter: Emitter, name: string, reason: string, shut: boolean): void {
    const user = shown(name)
    const summary = `login as ${user} refused: ${reason}${shut ? '; further ones are not heard' : ''}`
    this.#tell(this.#refusals, emitter, {
      kind: 'ssh.login-failed',
      summary,
      severity: 'warning',
      detail: { user, reason, shut },
    })
  }

  /** A limit was reached, or the protocol broken. */
  abused(emitter: Emitter, what: string): void {
    this.#tell(this.#refusals, emitter, { kind: 'ssh.abuse', summary: shown(what), severity: 'warning' })
  }

  /** `command`: left out for a shell. */
  ended(emitter: Emitter, user: string, command: string | undefined, end: ProgramEnd): void {
    const how = 'code' in end ? `exit ${end.code}` : `ended by ${end.signal}`
    const outcome = 'code' in end ? { exit: end.code } : { signal: end.signal }
    const [kind, what] = command === undefined ? ['ssh.shell', 'a shell'] : ['ssh.exec', shown(command)]
    const detail = { user, ...(command === undefined ? {} : { command: shown(command) }), ...outcome }
    this.#tell(this.#work, emitter, { kind, summary: `${user} ran ${what}: ${how}`, detail })
  }

  /** A line typed into a shell. */
  line(emitter: Emitter, user: string, line: string, status: number): void {
    const detail = { user, line: shown(line), exit: status }
    this.#tell(this.#work, emitter, {
      kind: 'ssh.line',
      summary: `${user} typed ${shown(line)}: exit ${status}`,
      detail,
    })
  }

  file(emitter: Emitter, user: string, event: FileEvent): void {
    const { kind: operation, path, to, bytes, outcome } = event
    const target = to === undefined ? '' : ` to ${shown(to)}`
    const size = bytes === undefined ? '' : `, ${bytes} bytes`
    const failed = outcome === 'done' ? '' : `: ${outcome}`
    const detail = {
      user,
      operation,
      path: shown(path),
      ...(to === undefined ? {} : { to: shown(to) }),
      ...(bytes === undefined ? {} : { bytes }),
      outcome,
    }
    const summary = `${user}: ${operation} ${shown(path)}${target}${size}${failed}`
    this.#tell(this.#files, emitter, { kind: 'ssh.file', summary, detail }, bytes ?? 0)
  }

  /** `way`: `to` an address, `from` the peer of a port that is listened on, or `listen`. */
  forwarded(emitter: Emitter, user: string, way: string, address: string, failure?: string): void {
    const summary = `${user} forwards ${way} ${shown(address)}${failure === undefined ? '' : `: ${failure}`}`
    const detail = { user, way, address: shown(address), ...(failure === undefined ? {} : { failure }) }
    const warning = failure === undefined ? {} : { severity: 'warning' as const }
    this.#tell(this.#work, emitter, { kind: 'ssh.forward', summary, detail, ...warning })
  }

  #tell(budget: EventBudget, emitter: Emitter, event: Event, bytes = 0): void {
    if (budget.takes(this.#io.now, bytes)) emitter.emit(event)
  }

  #budget(timer: string, kind: string, what: string): EventBudget {
    return new EventBudget(this.#io, timer, (count, bytes) => {
      const size = bytes > 0 ? `, ${bytes} bytes` : ''
      this.#io.emit({ kind, summary: `${count} ${what} within a second${size}`, detail: { count, bytes } })
    })
  }
}

/** On one line, and not for ever. */
function shown(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, ' ')
  return line.length > SHOWN_MAX_CHARS ? `${line.slice(0, SHOWN_MAX_CHARS)}…` : line
}
