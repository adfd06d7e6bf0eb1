// What the fuzzer runs: something that takes bytes, and must neither throw nor hang, whatever they are.

export interface Target {
  readonly name: string
  /** What is given broken bytes, in a few words. */
  readonly about: string
  start(seed: number): Run | Promise<Run>
}

export interface Run {
  /** The next broken input: the same ones in the same order for a seed. */
  next(): Uint8Array
  /** Throws when something is found. */
  attempt(bytes: Uint8Array): void | Promise<void>
  stop?(): Promise<void>
}
