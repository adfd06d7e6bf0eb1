// One binary heap of deadlines, and named timers over it. Knows no clock: time is handed in.
// A deadline that moves later stays where it is and is put right when it surfaces, so the idle timer
// that each message moves costs one assignment.

/** A deadline in the heap. `atMs` is Infinity while it is off. */
export class Deadline {
  readonly fire: () => void
  atMs = Infinity
  /** Where the heap believes it to be: never later than `atMs`. */
  heapAtMs = Infinity
  order = 0
  position = -1

  constructor(fire: () => void) {
    this.fire = fire
  }
}

export class TimerHeap {
  readonly #heap: Deadline[] = []
  readonly #earlier: (atMs: number) => void
  #order = 0
  #firingMs = -Infinity

  /** `earlier` hears when the earliest deadline has moved forward. */
  constructor(earlier: (atMs: number) => void = () => {}) {
    this.#earlier = earlier
  }

  /** When `fire` should next be called; Infinity if never. May be too early after a cancel, never too late. */
  get nextAt(): number {
    return this.#heap[0]?.heapAtMs ?? Infinity
  }

  get size(): number {
    return this.#heap.length
  }

  set(deadline: Deadline, wantedMs: number): void {
    const atMs = Math.max(wantedMs, this.#firingMs)
    deadline.atMs = atMs
    if (deadline.position !== -1 && atMs >= deadline.heapAtMs) return
    deadline.heapAtMs = atMs
    deadline.order = ++this.#order
    if (deadline.position === -1) deadline.position = this.#heap.push(deadline) - 1
    this.#rise(deadline)
    if (deadline.position === 0) this.#earlier(atMs)
  }

  /** Switches off, cheaply: it leaves the heap when it surfaces. */
  cancel(deadline: Deadline): void {
    deadline.atMs = Infinity
  }

  /** Switches off and forgets at once. */
  remove(deadline: Deadline): void {
    deadline.atMs = Infinity
    const position = deadline.position
    if (position === -1) return
    deadline.position = -1
    const last = this.#heap.pop()
    if (last === undefined || last === deadline) return
    last.position = position
    this.#heap[position] = last
    this.#sink(last)
    this.#rise(last)
  }

  /** Fires all that was due when it was called, the earliest first; equal deadlines in the order they were set. */
  fire(nowMs: number): void {
    this.#firingMs = nowMs
    try {
      this.#fireUntil(nowMs, this.#order)
    } finally {
      this.#firingMs = -Infinity
    }
  }

  #fireUntil(nowMs: number, until: number): void {
    for (;;) {
      const top = this.#heap[0]
      if (top === undefined || top.heapAtMs > nowMs || (top.heapAtMs === nowMs && top.order > until)) return
      const due = top.atMs <= nowMs
      if (top.atMs === Infinity || due) this.remove(top)
      else this.#postpone(top)
      if (due) top.fire()
    }
  }

  #postpone(deadline: Deadline): void {
    deadline.heapAtMs = deadline.atMs
    deadline.order = ++this.#order
    this.#sink(deadline)
  }

  #rise(deadline: Deadline): void {
    let at = deadline.position
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = this.#heap[above]!
      if (!before(deadline, parent)) break
      this.#place(parent, at)
      at = above
    }
    this.#place(deadline, at)
  }

  #sink(deadline: Deadline): void {
    let at = deadline.position
    for (;;) {
      const left = at * 2 + 1
      const right = this.#heap[left + 1]
      const leftChild = this.#heap[left]
      if (leftChild === undefined) break
      const child = right !== undefined && before(right, leftChild) ? right : leftChild
      if (!before(child, deadline)) break
      const below = child.position
      this.#place(child, at)
      at = below
    }
    this.#place(deadline, at)
  }

  #place(deadline: Deadline, position: number): void {
    this.#heap[position] = deadline
    deadline.position = position
  }
}

/** The timers of one machine by name. Machines have few, so a list beats a map. */
export class NamedTimers {
  readonly #heap: TimerHeap
  readonly #woke: (timer: string) => void
  readonly #names: string[] = []
  readonly #deadlines: Deadline[] = []

  constructor(heap: TimerHeap, woke: (timer: string) => void) {
    this.#heap = heap
    this.#woke = woke
  }

  wakeAt(timer: string, atMs: number): void {
    const known = this.#deadlines[this.#names.indexOf(timer)]
    this.#heap.set(known ?? this.#add(timer), atMs)
  }

  cancel(timer: string): void {
    const known = this.#deadlines[this.#names.indexOf(timer)]
    if (known !== undefined) this.#heap.cancel(known)
  }

  clear(): void {
    for (const deadline of this.#deadlines) this.#heap.remove(deadline)
    this.#names.length = 0
    this.#deadlines.length = 0
  }

  #add(timer: string): Deadline {
    const deadline = new Deadline(() => this.#woke(timer))
    this.#names.push(timer)
    this.#deadlines.push(deadline)
    return deadline
  }
}

function before(a: Deadline, b: Deadline): boolean {
  return a.heapAtMs < b.heapAtMs || (a.heapAtMs === b.heapAtMs && a.order < b.order)
}

/** One deadline at a time: setting it again moves it. */
export class Limit {
  readonly #engine: { readonly timers: TimerHeap; now(): number }
  #deadline: Deadline | undefined

  constructor(engine: { readonly timers: TimerHeap; now(): number }) {
    this.#engine = engine
  }

  in(ms: number, fire: () => void): void {
    this.off()
    this.#deadline = new Deadline(fire)
    this.#engine.timers.set(this.#deadline, this.#engine.now() + ms)
  }

  off(): void {
    if (this.#deadline !== undefined) this.#engine.timers.remove(this.#deadline)
    this.#deadline = undefined
  }
}
