// Memory in which uploads are gathered, for all connections of a server: what one has written the next one fills again.

/** The first block of an upload, so that small files cost little, and all others. */
export const FIRST_BLOCK_BYTES = 65_536
export const BLOCK_BYTES = 1_048_576
/** Blocks of each size that are kept while nobody fills them. Ours: two large uploads go on without new memory. */
const SPARE_MAX = 8

export class BlockPool {
  readonly #first: Uint8Array[] = []
  readonly #others: Uint8Array[] = []

  take(bytes: typeof FIRST_BLOCK_BYTES | typeof BLOCK_BYTES): Uint8Array {
    return this.#spare(bytes).pop() ?? Buffer.allocUnsafeSlow(bytes)
  }

  /** Nobody looks at it any more. */
  give(block: Uint8Array): void {
    const spare = this.#spare(block.length)
    if (spare.length < SPARE_MAX) spare.push(block)
  }

  #spare(bytes: number): Uint8Array[] {
    return bytes === FIRST_BLOCK_BYTES ? this.#first : this.#others
  }
}
