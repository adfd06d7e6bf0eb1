// A folder of files as a part of a site: paths to files, index files, listings, and the slash after a folder.

import type { Folder, Io } from '../../../core/index.ts'
import { formatPath } from '../codec/target.ts'
import type { Request, Response } from '../messages.ts'
import { textResponse } from '../policy.ts'
import { CompressedCache } from './compress.ts'
import { FileCache, LOOK_MS, type Known, type KnownFile } from './file-cache.ts'
import { fileResponse, type FileContext } from './file-response.ts'
import { listingResponse } from './listing.ts'

export interface FilesOptions {
  /** Names of files that stand for their folder, first found first. */
  readonly index: readonly string[]
  readonly listing: boolean
}

/** Remembered ways from a folder to its index file. */
const INDEXES_MAX = 1024

export class Files {
  readonly #folder: Folder
  readonly #options: FilesOptions
  readonly #io: Io
  readonly #cache: FileCache
  readonly #compressed = new CompressedCache()
  /** Folder path to its index file, until when. */
  readonly #indexes = new Map<string, { readonly path: string; readonly untilMs: number }>()

  constructor(folder: Folder, options: FilesOptions, io: Io) {
    this.#folder = folder
    this.#options = options
    this.#io = io
    this.#cache = new FileCache(folder, () => io.now)
  }

  /** For GET and HEAD. `segments` come from `pathSegments`: nothing in them leads anywhere else. */
  respond(request: Request, segments: readonly string[]): Response | Promise<Response> {
    const path = `/${segments.join('/')}`
    if (path.endsWith('/')) return this.#folderAt(request, path, segments)
    const fresh = this.#cache.fresh(path)
    if (fresh !== undefined) return this.#file(request, fresh)
    return this.#cache.look(path).then((known) => this.#known(request, known, segments))
  }

  #known(request: Request, known: Known, segments: readonly string[]): Response | Promise<Response> {
    if (known === 'absent') return notFound()
    if (known.kind === 'file') return this.#file(request, known)
    const query = request.query === undefined ? '' : `?${request.query}`
    return { ...textResponse(301, '', [['Location', `${formatPath([...segments, ''])}${query}`]]) }
  }

  #folderAt(request: Request, path: string, segments: readonly string[]): Response | Promise<Response> {
    const index = this.#indexes.get(path)
    const fresh = index !== undefined && this.#io.now < index.untilMs ? this.#cache.fresh(index.path) : undefined
    return fresh === undefined ? this.#lookForIndex(request, path, segments) : this.#file(request, fresh)
  }

  async #lookForIndex(request: Request, path: string, segments: readonly string[]): Promise<Response> {
    for (const name of this.#options.index) {
      const known = await this.#cache.look(`${path}${name}`)
      if (known !== 'absent' && known.kind === 'file') {
        this.#remember(path, known)
        return this.#file(request, known)
      }
    }
    const itself = await this.#cache.look(segments.length > 1 ? path.slice(0, -1) : '/')
    if (itself === 'absent' || itself.kind === 'file') return notFound()
    const listing = this.#options.listing ? await listingResponse(this.#folder, path) : undefined
    return listing ?? textResponse(403, '403 Forbidden: this folder has no index, and listings are off\n')
  }

  #remember(path: string, file: KnownFile): void {
    this.#indexes.set(path, { path: file.path, untilMs: this.#io.now + LOOK_MS })
    if (this.#indexes.size > INDEXES_MAX) this.#indexes.delete(this.#indexes.keys().next().value ?? path)
  }

  #file(request: Request, file: KnownFile): Response | Promise<Response> {
    const context: FileContext = {
      folder: this.#folder,
      compressed: this.#compressed,
      wallMs: this.#io.wallMs,
      boundary: () => Buffer.from(this.#io.random(16)).toString('hex'),
    }
    return fileResponse(request, file, context)
  }
}

export function notFound(): Response {
  return textResponse(404, '404 Not Found\n')
}
