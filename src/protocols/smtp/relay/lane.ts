// One connection's worth of sending to one destination: finds a host that answers, sends job after job, and goes on to the next host
// when one fails. Which jobs, and what follows from their ends, is not its business.

import type { Io } from '../../../core/io.ts'
import type { QueuedMail } from '../../../core/post.ts'
import { SmtpClient, type Outcome, type Outcomes, type SessionEnd, type SessionInfo } from '../client/index.ts'
import { oneLine } from '../codec/reply.ts'
import { reply, type Reply } from '../messages.ts'
import { fatesOf, type Destination, type Fate, type Job } from './jobs.ts'
import type { Exchanger, Route } from './routes.ts'

/** Addresses tried in one attempt (RFC 5321 §5.1: two at least). */
const HOSTS_MAX = 5
/** How long a connection waits for more mail. Postfix: smtp_connection_cache_time_limit is 2 s; ours, for people's pace. */
const KEEP_OPEN_MS = 5000
/** Jobs that wait before a lane takes one ahead, so that marking it takes no time of its own: more than lanes can take. */
const AHEAD_FROM = 5

export interface LaneOwner {
  readonly io: Io
  /** What EHLO says. */
  readonly name: string
  readonly port: number
  readonly tls: 'never' | 'offered' | 'required'
  route(destination: Destination, job: Job, then: (route: Route) => void): void
  mark(job: Job, then: (isMarked: boolean) => void): void
  mail(id: number): { readonly mail: QueuedMail; readonly content: Uint8Array } | undefined
  concluded(job: Job, fates: readonly Fate[]): void
  /** No host answers: `reply` says why. The lane closes. */
  unreachable(lane: Lane, reply: Reply): void
  /** Whether a lane that has `served` so many may take one more, or others have waited long enough for a connection. */
  mayStay(served: number): boolean
  /** Whether a lane may keep its connection with nothing to do. */
  mayRest(): boolean
  closed(lane: Lane): void
}

export class Lane {
  readonly destination: Destination
  readonly #owner: LaneOwner
  #client: SmtpClient | undefined
  #session: SessionInfo | undefined
  #hosts: readonly Exchanger[] = []
  #at = 0
  #plain = false
  #job: Job | undefined
  #ahead: Job | undefined
  #isSending = false
  #served = 0
  #failed: Reply = reply(451, '4.4.1', 'no host answers')

  constructor(owner: LaneOwner, destination: Destination) {
    this.#owner = owner
    this.destination = destination
  }

  begin(job: Job): void {
    this.#take(job)
    this.#owner.route(this.destination, job, (route) => {
      if ('code' in route) return this.#giveUp(route)
      this.#hosts = route.slice(0, HOSTS_MAX)
      this.#connect(0)
    })
  }

  /** Its connection is open and has nothing to do. */
  get isIdle(): boolean {
    return this.#job === undefined && this.#client?.isUsable === true
  }

  /** Its host has answered. */
  get isOpen(): boolean {
    return this.#session !== undefined
  }

  /** To an idle lane. */
  give(job: Job): void {
    this.#take(job)
    this.#proceed()
  }

  stop(): void {
    this.#client?.quit()
  }

  #take(job: Job): void {
    this.#job = job
    this.#mark(job)
  }

  #mark(job: Job): void {
    if (job.isMarked) return
    this.#owner.mark(job, (isMarked) => {
      if (isMarked) return this.#proceed()
      if (this.#ahead === job) this.#ahead = undefined
      if (this.#job !== job) return
      this.#job = undefined
      this.#next()
    })
  }

  #connect(at: number): void {
    const host = this.#hosts[at]
    if (host === undefined) return this.#giveUp(this.#failed)
    this.#at = at
    this.#served = 0
    const { io, name, port, tls } = this.#owner
    io.connect({ ip: host.ip, port }, (stream) => {
      this.#client = new SmtpClient(stream, {
        name,
        tls: this.#plain ? 'never' : tls,
        serverName: host.name,
        keepOpenMs: KEEP_OPEN_MS,
        ready: (session) => {
          this.#session = session
          if (this.#job === undefined) this.#next()
          else this.#proceed()
        },
        over: (end) => this.#over(host, end),
      })
      return this.#client
    })
  }

  /** Sends, once the session is open and the job is marked. */
  #proceed(): void {
    const job = this.#job
    const client = this.#client
    if (job?.isMarked !== true || client?.isUsable !== true || this.#session === undefined || this.#isSending) return
    const found = this.#owner.mail(job.mailId)
    if (found === undefined) {
      this.#owner.concluded(job, [])
      this.#job = undefined
      return this.#next()
    }
    this.#isSending = true
    const ids = new Set(job.recipientIds)
    const recipients = found.mail.recipients.filter((recipient) => ids.has(recipient.id))
    const mail = { ...found.mail, recipients, content: found.content }
    client.send({
      mail,
      answered: (outcomes) =>
        this.#answered(
          job,
          recipients.map(({ id }) => id),
          outcomes,
        ),
    })
    if (this.destination.waiting > AHEAD_FROM) this.#takeAhead()
  }

  #takeAhead(): void {
    if (this.#ahead !== undefined || !this.#owner.mayStay(this.#served + 1)) return
    this.#ahead = this.destination.take()
    if (this.#ahead !== undefined) this.#mark(this.#ahead)
  }

  #answered(job: Job, ids: readonly number[], outcomes: Outcomes): void {
    const fates: Fate[] = []
    const again: number[] = []
    for (const [at, recipientId] of ids.entries()) {
      const outcome = outcomes[at]
      if (outcome === undefined || (outcome.kind === 'lost' && !outcome.uncertain)) again.push(recipientId)
      else fates.push(this.#fateOf(recipientId, outcome))
    }
    this.#isSending = false
    this.#job = again.length === 0 ? undefined : { ...job, recipientIds: again }
    if (fates.length > 0) this.#owner.concluded({ ...job, recipientIds: fates.map((fate) => fate.recipientId) }, fates)
    if (again.length > 0) return
    this.#served++
    this.#next()
  }

  #fateOf(recipientId: number, outcome: Outcome): Fate {
    const by = this.#hosts[this.#at]
    const session = { tls: this.#session?.tls !== undefined, by }
    if (outcome.kind === 'lost') return { ...session, recipientId, isDelivered: false, reply: sayLost(outcome.why, by) }
    const reportsItself = this.#session?.offered.extensions.has('DSN') === true
    return { ...session, recipientId, isDelivered: outcome.kind === 'accepted', reply: outcome.reply, reportsItself }
  }

  /** After a job: the next, or rest. Without a connection, what becomes of that comes first. */
  #next(): void {
    if (this.#client?.isUsable !== true) return
    const job = this.#ahead ?? (this.#owner.mayStay(this.#served) ? this.destination.take() : undefined)
    this.#ahead = undefined
    if (job !== undefined) this.give(job)
    else if (!this.#owner.mayRest()) this.#client.quit()
  }

  #over(host: Exchanger, end: SessionEnd | undefined): void {
    this.#client = undefined
    this.#session = undefined
    this.#isSending = false
    this.#job ??= this.#ahead
    if (this.#job === this.#ahead) this.#ahead = undefined
    if (this.#job === undefined) return this.#owner.closed(this)
    // A connection that had already served may have been at its end; the host is not to blame.
    if (end === undefined || this.#served > 0) return this.#connect(this.#at)
    if (end.failure.code === 'ETLS' && this.#owner.tls === 'offered' && !this.#plain) {
      this.#plain = true
      return this.#connect(this.#at)
    }
    this.#plain = false
    this.#failed = sayLost(end, host)
    this.#connect(this.#at + 1)
  }

  #giveUp(why: Reply): void {
    const jobs = [this.#job, this.#ahead].filter((job) => job !== undefined)
    this.#job = undefined
    this.#ahead = undefined
    for (const job of jobs) this.#owner.concluded(job, fatesOf(job, why))
    this.#owner.unreachable(this, why)
  }
}

/** A deferral, whatever the class of what was said: it was not about the mail (RFC 5321 §4.2.1). */
function sayLost({ failure: why, phase, reply: said }: SessionEnd, host: Exchanger | undefined): Reply {
  const where = host === undefined ? 'the server' : host.name === host.ip ? host.ip : `${host.name} [${host.ip}]`
  if (said !== undefined) return reply(451, '4.4.1', `${where} said: ${oneLine(said)}`)
  if (why.code === 'ETLS') return reply(451, '4.7.5', `${where}: ${why.message}`)
  const status = phase === 'connect' ? '4.4.1' : '4.4.2'
  return reply(451, status, `${where}: ${why.message}`)
}
