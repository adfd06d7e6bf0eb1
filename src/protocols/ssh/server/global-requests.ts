// Global requests (RFC 4254 §4): answered in the order in which they came, also where an answer takes time.

import type { Forwarding } from '../forwarding/forwarding.ts'
import { PENDING_REQUESTS_MAX } from '../limits.ts'
import { DISCONNECT } from '../messages.ts'
import type { Link } from '../transport/link.ts'

/** What is said once it is known: the port that was chosen, just yes, or no. */
type Answer = Buffer | boolean

interface Waiting {
  answer: Answer | undefined
}

export interface GlobalRequestsOwner {
  readonly link: Link
  /** Undefined where there is none. */
  readonly forwarding: Forwarding | undefined
  noMoreSessions(): void
  abused(what: string): void
}

export class GlobalRequests {
  readonly #owner: GlobalRequestsOwner
  readonly #waiting: Waiting[] = []

  constructor(owner: GlobalRequestsOwner) {
    this.#owner = owner
  }

  request(name: string, wantReply: boolean, data: unknown): void {
    if (this.#waiting.length >= PENDING_REQUESTS_MAX) {
      this.#owner.abused('too many requests at once')
      return this.#owner.link.disconnect(DISCONNECT.protocolError)
    }
    const waiting: Waiting = { answer: undefined }
    if (wantReply) this.#waiting.push(waiting)
    this.#decide(name, data, (answer) => {
      waiting.answer = answer
      this.#answer()
    })
  }

  /** keepalive@openssh.com and all that is unknown: no, which tells as well that we live. */
  #decide(name: string, data: unknown, answer: (answer: Answer) => void): void {
    const { forwarding } = this.#owner
    if (name === 'no-more-sessions@openssh.com') {
      this.#owner.noMoreSessions()
      return answer(true)
    }
    if (forwarding === undefined || !isBinding(data)) return answer(false)
    if (name === 'cancel-tcpip-forward') return answer(forwarding.cancel(data.bindAddr, data.bindPort))
    if (name !== 'tcpip-forward') return answer(false)
    forwarding.listen(data.bindAddr, data.bindPort, (port) => answer(answerFor(data.bindPort, port)))
  }

  #answer(): void {
    this.#owner.link.enter((engine) => {
      for (let first = this.#waiting[0]; first?.answer !== undefined; first = this.#waiting[0]) {
        this.#waiting.shift()
        if (first.answer === false) engine.requestFailure()
        else if (first.answer === true) engine.requestSuccess()
        else engine.requestSuccess(first.answer)
      }
    })
  }
}

function answerFor(asked: number, port: number | undefined): Answer {
  if (port === undefined) return false
  if (asked !== 0) return true
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(port)
  return bytes
}

function isBinding(data: unknown): data is { readonly bindAddr: string; readonly bindPort: number } {
  return typeof data === 'object' && data !== null && 'bindAddr' in data && 'bindPort' in data
}
