// Compressed representations, made once and kept within a bound. node:zlib is loaded when first needed.

import type { ContentCoding } from './negotiate.ts'

/** Smaller content gains less than its head costs, bytes: nginx's gzip_min_length is 20, Apache's advice 1,000. */
export const COMPRESS_MIN_BYTES = 1024
/** Larger files go out as they are, bytes: they would be held whole in memory. */
export const COMPRESS_MAX_BYTES = 2 * 1024 * 1024
/** All compressed content held for one site. */
const KEPT_MAX_BYTES = 16 * 1024 * 1024
/** Content being compressed at a time; further requests get it as it is. */
const AT_WORK_MAX = 16
/** Brotli's own default is 11, which takes 100 times as long for a tenth less. */
const BROTLI_QUALITY = 5
const GZIP_LEVEL = 6

export class CompressedCache {
  readonly #kept = new Map<string, Uint8Array>()
  readonly #atWork = new Map<string, Promise<Uint8Array | undefined>>()
  #bytes = 0

  /** `key` names the exact content and coding. */
  get(key: string): Uint8Array | undefined {
    return this.#kept.get(key)
  }

  get isBusy(): boolean {
    return this.#atWork.size >= AT_WORK_MAX
  }

  /** Undefined when it cannot be had. */
  make(
    key: string,
    coding: ContentCoding,
    content: () => Promise<Uint8Array | undefined>,
  ): Promise<Uint8Array | undefined> {
    const atWork = this.#atWork.get(key)
    if (atWork !== undefined) return atWork
    const work = this.#make(key, coding, content).finally(() => this.#atWork.delete(key))
    this.#atWork.set(key, work)
    return work
  }

  async #make(
    key: string,
    coding: ContentCoding,
    content: () => Promise<Uint8Array | undefined>,
  ): Promise<Uint8Array | undefined> {
    const plain = await content()
    const bytes = plain === undefined ? undefined : await compress(plain, coding)
    if (bytes !== undefined) this.#keep(key, bytes)
    return bytes
  }

  #keep(key: string, bytes: Uint8Array): void {
    this.#kept.set(key, bytes)
    this.#bytes += bytes.length
    for (const [oldest, old] of this.#kept) {
      if (this.#bytes <= KEPT_MAX_BYTES) break
      this.#kept.delete(oldest)
      this.#bytes -= old.length
    }
  }
}

function compress(bytes: Uint8Array, coding: ContentCoding): Promise<Uint8Array | undefined> {
  const zlib = process.getBuiltinModule('node:zlib')
  return new Promise((resolve) => {
    const done = (error: Error | null, result: Uint8Array): void => resolve(error === null ? result : undefined)
    if (coding === 'zstd') return zlib.zstdCompress(bytes, done)
    if (coding === 'gzip') return zlib.gzip(bytes, { level: GZIP_LEVEL }, done)
    const params = {
      [zlib.constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
      [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    }
    return zlib.brotliCompress(bytes, { params }, done)
  })
}
