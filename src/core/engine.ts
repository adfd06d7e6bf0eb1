// What the runners of machines need from the plane that runs them, and the half of `Io` that all
// runners share. No sockets here.

import { familyOf, type Address } from './address.ts'
import type { WallClock } from './clock.ts'
import type { Event } from './event.ts'
import { failureFrom, isFailure, type Failure } from './failure.ts'
import type { Flow } from './flow.ts'
import type { ConnectOptions, FurtherPort, Io, Listen, StreamIo, StreamMachine } from './io.ts'
import type { Bound, Gatekeeper } from './plane.ts'
import { NamedTimers, type TimerHeap } from './timer-heap.ts'
import { WallTimers } from './wall-timers.ts'

/** On whose behalf something runs. */
export interface Owner {
  readonly service: string
  readonly gatekeeper: Gatekeeper
  /** Undefined for a service as a whole. */
  readonly flow: Flow | undefined
  /** Addresses that its outbound streams may come from. */
  readonly from: readonly string[]
}

/** The address on which a further port of `owner` stands; undefined: it has none. */
export function furtherAddress({ from }: Owner, listen: Listen): string | undefined {
  const family = listen.transport === 'udp' ? listen.family : undefined
  return family === undefined ? from[0] : from.find((ip) => familyOf(ip) === family)
}

export interface Engine {
  readonly timers: TimerHeap
  /** The world's; `wallMs` reads it. */
  readonly clock: WallClock
  now(): number
  /** With a fraction. */
  wallMs(): number
  random(size: number): Uint8Array
  /** Runs `run` when what runs now is done and others had their turn. */
  soon(run: () => void): void
  connect(owner: Owner, to: Address, dial: (io: StreamIo) => StreamMachine, options?: ConnectOptions): void
  /** `gone`: as in `ListenOptions`. */
  listen(owner: Owner, listen: Listen, gone: () => void): Promise<Bound | Failure>
  /** Counts answers that are out: +1 when a promise was asked, -1 when it has settled. */
  asking(change: 1 | -1): void
}

/** One machine's calls, one at a time, with the clock standing still during each turn. */
export abstract class MachineIo implements Io {
  protected readonly engine: Engine
  protected readonly owner: Owner
  protected readonly queued: (() => void)[] = []
  protected busy = false
  #nowMs = 0
  #wallMs = -1
  #timers: NamedTimers | undefined
  #wallTimers: WallTimers | undefined
  #bound: Set<Bound> | undefined
  #released = false

  constructor(engine: Engine, owner: Owner) {
    this.engine = engine
    this.owner = owner
  }

  /** Runs what is queued and whatever else is due. */
  protected abstract turn(): void
  protected abstract wake(timer: string): void
  /** A broken invariant: a throw in the machine, or a rejected answer. */
  protected abstract broken(thrown: unknown): void

  get now(): number {
    return this.busy ? this.#nowMs : this.engine.now()
  }

  get wallMs(): number {
    if (this.busy && this.#wallMs !== -1) return this.#wallMs
    const wallMs = Math.floor(this.engine.wallMs())
    if (this.busy) this.#wallMs = wallMs
    return wallMs
  }

  wakeAt(timer: string, atMs: number): void {
    this.#wallTimers?.forget(timer)
    this.#arm(timer, atMs)
  }

  wakeAtWall(timer: string, wallMs: number): void {
    if (this.#released) return
    this.#wallTimers ??= new WallTimers(this.engine, (name, atMs) => this.#arm(name, atMs))
    this.#wallTimers.set(timer, wallMs)
  }

  cancel(timer: string): void {
    this.#wallTimers?.forget(timer)
    this.#timers?.cancel(timer)
  }

  connect(to: Address, dial: (io: StreamIo) => StreamMachine, options?: ConnectOptions): void {
    this.engine.soon(() => this.engine.connect(this.owner, to, dial, options))
  }

  listen(listen: Listen, bound: (result: FurtherPort | Failure) => void): void {
    let further: Bound | undefined
    const gone = () => void (further && this.#bound?.delete(further))
    void this.engine.listen(this.owner, listen, gone).then((result) => {
      if (isFailure(result)) return this.enqueue(() => bound(result))
      if (this.#released) return void result.close()
      further = result
      this.#bound ??= new Set()
      this.#bound.add(result)
      this.enqueue(() => bound({ local: result.local, close: () => result.shut() }))
    })
  }

  ask<T>(answer: T | Promise<T>, then: (value: T) => void): void {
    if (!(answer instanceof Promise)) return this.enqueue(() => then(answer))
    this.engine.asking(1)
    this.askChanged(1)
    answer.then(
      (value) => this.#answered(() => then(value)),
      (thrown: unknown) => this.#answered(() => this.broken(thrown)),
    )
  }

  random(size: number): Uint8Array {
    return this.engine.random(size)
  }

  emit(event: Event): void {
    this.owner.gatekeeper.event(this.owner.flow, this.owner.service, event)
  }

  /** Ends all that was begun on the machine's behalf: timers, queued calls, further ports. */
  protected release(): void {
    this.#released = true
    this.#timers?.clear()
    this.#wallTimers?.stop()
    this.queued.length = 0
    for (const bound of this.#bound ?? []) void bound.close()
    this.#bound = undefined
  }

  /** Answers out: +1 or -1. Runners whose input waits override it. */
  protected askChanged(_change: 1 | -1): void {}

  protected enqueue(call: () => void): void {
    if (this.#released) return
    this.queued.push(call)
    if (!this.busy) this.turn()
  }

  protected begin(): void {
    this.busy = true
    this.#nowMs = this.engine.now()
    this.#wallMs = -1
  }

  protected reportBroken(thrown: unknown): void {
    const { code, message } = failureFrom(thrown)
    const where = thrown instanceof Error ? (thrown.stack?.split('\n')[1]?.trim() ?? '') : ''
    const summary = `${this.owner.service} broke: ${message}`.replaceAll('\n', ' ')
    this.emit({ kind: 'driver.broken', summary, severity: 'warning', detail: { code, where } })
  }

  #arm(timer: string, atMs: number): void {
    if (this.#released) return
    this.#timers ??= new NamedTimers(this.engine.timers, (name) => {
      if (this.#wallTimers?.isEarly(name) !== true) this.wake(name)
    })
    this.#timers.wakeAt(timer, atMs)
  }

  #answered(call: () => void): void {
    this.engine.asking(-1)
    this.askChanged(-1)
    this.enqueue(call)
  }
}
