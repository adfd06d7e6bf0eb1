// A file as a response: validators, preconditions, ranges, content coding (RFC 9110 §8, §13, §14).

import { isFailure, type Folder } from '../../../core/index.ts'
import { formatDate } from '../codec/date.ts'
import { fieldValue, type Field, type Request, type Response } from '../messages.ts'
import { emptyResponse, textResponse } from '../policy.ts'
import { FileSource, type Segment } from './body-source.ts'
import { COMPRESS_MAX_BYTES, COMPRESS_MIN_BYTES, type CompressedCache } from './compress.ts'
import { evaluate, isRangeCurrent } from './conditional.ts'
import { knownFile, readWhole, type KnownFile } from './file-cache.ts'
import { isCompressible } from './media-types.ts'
import { chooseCoding, type ContentCoding } from './negotiate.ts'
import { formatContentRange, selectRanges, type ByteRange } from './range.ts'

/** What answering a file needs besides the file. */
export interface FileContext {
  readonly folder: Folder
  readonly compressed: CompressedCache
  readonly wallMs: number
  /** A fresh delimiter for multipart/byteranges. */
  boundary(): string
}

const NOT_FOUND = (): Response => textResponse(404, '404 Not Found\n')

export function fileResponse(request: Request, file: KnownFile, context: FileContext): Response | Promise<Response> {
  const range = request.method === 'GET' ? fieldValue(request.fields, 'range') : undefined
  if (range !== undefined) return rangeResponse(request, range, file, context)
  const coding = codingFor(request, file)
  return coding === undefined ? wholeResponse(request, file, context) : codedResponse(request, file, coding, context)
}

function codingFor(request: Request, file: KnownFile): ContentCoding | undefined {
  const isWorth = file.size >= COMPRESS_MIN_BYTES && file.size <= COMPRESS_MAX_BYTES && isCompressible(file.type)
  return isWorth ? chooseCoding(fieldValue(request.fields, 'accept-encoding')) : undefined
}

/** Fields that a 304 carries too (RFC 9110 §15.4.5). */
function validatorFields(file: KnownFile, etag: string): Field[] {
  const fields: Field[] = [
    ['ETag', etag],
    ['Last-Modified', formatDate(file.modifiedMs)],
  ]
  if (isCompressible(file.type)) fields.push(['Vary', 'Accept-Encoding'])
  return fields
}

/** The answer when a precondition decides. */
function precondition(request: Request, file: KnownFile, etag: string, context: FileContext): Response | undefined {
  const verdict = evaluate(request.fields, { etag, modifiedMs: file.modifiedMs }, context.wallMs)
  if (verdict === 'proceed') return undefined
  const fields = validatorFields(file, etag)
  const { freshUntilMs } = file
  if (verdict === 'not-modified') return { ...emptyResponse(304, fields), freshUntilMs }
  return { ...textResponse(412, '412 Precondition Failed\n', fields), freshUntilMs }
}

function wholeResponse(request: Request, file: KnownFile, context: FileContext): Response | Promise<Response> {
  const decided = precondition(request, file, file.etag, context)
  if (decided !== undefined) return decided
  const { bytes, freshUntilMs } = file
  if (bytes !== undefined) return { status: 200, fields: wholeFields(file), body: bytes, freshUntilMs }
  return openResponse(file, context, (opened) => ({
    status: 200,
    fields: wholeFields(opened),
    segments: [{ offset: 0, length: opened.size }],
  }))
}

function wholeFields(file: KnownFile): Field[] {
  return [['Content-Type', file.type], ...validatorFields(file, file.etag), ['Accept-Ranges', 'bytes']]
}

function codedResponse(
  request: Request,
  file: KnownFile,
  coding: ContentCoding,
  context: FileContext,
): Response | Promise<Response> {
  // Another representation, so another strong validator (RFC 9110 §8.8.3.3).
  const etag = `${file.etag.slice(0, -1)}-${coding}"`
  const decided = precondition(request, file, etag, context)
  if (decided !== undefined) return decided
  const key = `${file.path}\n${etag}`
  const kept = context.compressed.get(key)
  if (kept !== undefined) return codedWith(kept, file, etag, coding)
  if (context.compressed.isBusy) return wholeResponse(request, file, context)
  return context.compressed
    .make(key, coding, () => contentOf(file, context))
    .then((made) => (made === undefined ? wholeResponse(request, file, context) : codedWith(made, file, etag, coding)))
}

function codedWith(body: Uint8Array, file: KnownFile, etag: string, coding: ContentCoding): Response {
  const fields: Field[] = [['Content-Type', file.type], ['Content-Encoding', coding], ...validatorFields(file, etag)]
  return { status: 200, fields, body, freshUntilMs: file.freshUntilMs }
}

/** The bytes that `file.etag` stands for; undefined when they are no longer there. */
async function contentOf(file: KnownFile, context: FileContext): Promise<Uint8Array | undefined> {
  if (file.bytes !== undefined) return file.bytes
  const opened = await context.folder.open(file.path)
  if (isFailure(opened)) return undefined
  try {
    const isSame = opened.stat.size === file.size && opened.stat.modifiedMs === file.modifiedMs
    return isSame ? await readWhole(opened) : undefined
  } catch {
    return undefined
  } finally {
    await opened.close()
  }
}

function rangeResponse(
  request: Request,
  range: string,
  file: KnownFile,
  context: FileContext,
): Response | Promise<Response> {
  const decided = precondition(request, file, file.etag, context)
  if (decided !== undefined) return decided
  if (!isRangeCurrent(request.fields, file, context.wallMs)) return wholeResponse(request, file, context)
  const ranges = selectRanges(range, file.size)
  if (ranges === 'whole') return wholeResponse(request, file, context)
  if (ranges === 'unsatisfiable') {
    return textResponse(416, '416 Range Not Satisfiable\n', [['Content-Range', `bytes */${file.size}`]])
  }
  return openResponse(file, context, (opened) => selection(opened, range, context))
}

interface Selection {
  readonly status: number
  readonly fields: Field[]
  readonly segments: readonly Segment[]
}

/** Ranges of the file as it is when it is open: it may have changed since it was last looked at. */
function selection(file: KnownFile, field: string, context: FileContext): Selection {
  const ranges = selectRanges(field, file.size)
  if (typeof ranges === 'string') {
    return { status: 200, fields: wholeFields(file), segments: [{ offset: 0, length: file.size }] }
  }
  const [first] = ranges
  if (ranges.length > 1 || first === undefined) return multipart(file, ranges, context.boundary())
  const fields: Field[] = [['Content-Range', formatContentRange(first, file.size)], ...wholeFields(file)]
  return { status: 206, fields, segments: [first] }
}

/** RFC 9110 §14.6. */
function multipart(file: KnownFile, ranges: readonly ByteRange[], boundary: string): Selection {
  const segments: Segment[] = []
  for (const range of ranges) {
    const head = `\r\n--${boundary}\r\nContent-Type: ${file.type}\r\nContent-Range: ${formatContentRange(range, file.size)}\r\n\r\n`
    segments.push(Buffer.from(head, 'latin1'), range)
  }
  segments.push(Buffer.from(`\r\n--${boundary}--\r\n`, 'latin1'))
  const fields: Field[] = [['Content-Type', `multipart/byteranges; boundary=${boundary}`]]
  fields.push(...validatorFields(file, file.etag), ['Accept-Ranges', 'bytes'])
  return { status: 206, fields, segments }
}

async function openResponse(
  file: KnownFile,
  context: FileContext,
  select: (opened: KnownFile) => Selection,
): Promise<Response> {
  const opened = await context.folder.open(file.path)
  if (isFailure(opened)) return NOT_FOUND()
  const { status, fields, segments } = select(knownFile(file.path, opened.stat, undefined, 0))
  return { status, fields, body: new FileSource(opened, segments) }
}
