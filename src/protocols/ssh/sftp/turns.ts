// Which requests may run side by side: reads with reads, writes with writes as long as no two of them touch the same bytes.
// Everything else runs alone, in the order of arrival, as if there were one after the other only.

import type { Request } from './messages.ts'
import { CONTENT_MAX_BYTES } from './packets.ts'

/** Bytes that run at a time: enough to keep a disk and a network busy, 4 MiB. */
const RUNNING_MAX_BYTES = 4 * 1024 * 1024

type Write = Extract<Request, { kind: 'write' }>

export class Turns {
  #mode: 'idle' | 'reads' | 'writes' | 'alone' = 'idle'
  #running = 0
  #bytes = 0
  readonly #writes: Write[] = []

  get idle(): boolean {
    return this.#running === 0
  }

  /** Bytes of data that are asked for, or on their way to the disk. */
  get runningBytes(): number {
    return this.#bytes
  }

  admits(request: Request): boolean {
    if (this.#running === 0) return true
    if (this.#bytes + bytesOf(request) > RUNNING_MAX_BYTES) return false
    if (request.kind === 'read') return this.#mode === 'reads'
    return request.kind === 'write' && this.#mode === 'writes' && !this.#touches(request)
  }

  begin(request: Request): void {
    this.#mode = request.kind === 'read' ? 'reads' : request.kind === 'write' ? 'writes' : 'alone'
    this.#running++
    this.#bytes += bytesOf(request)
    if (request.kind === 'write') this.#writes.push(request)
  }

  end(request: Request): void {
    this.#running--
    this.#bytes -= bytesOf(request)
    if (request.kind === 'write') this.#writes.splice(this.#writes.indexOf(request), 1)
    if (this.#running === 0) this.#mode = 'idle'
  }

  /** Whatever handles they name: two of them may be open for one file. */
  #touches({ offset, data }: Write): boolean {
    const end = offset + data.length
    return this.#writes.some((other) => offset < other.offset + other.data.length && other.offset < end)
  }
}

function bytesOf(request: Request): number {
  if (request.kind === 'write') return request.data.length
  return request.kind === 'read' ? Math.min(request.length, CONTENT_MAX_BYTES) : 0
}
