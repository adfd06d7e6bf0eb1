// What a part says: its content without transfer encoding, its text without charset, the name of an attachment.

import { decodeCharset } from './charset.ts'
import { parameterOf } from './parameters.ts'
import type { Part } from './part.ts'
import { decodeTransfer } from './transfer.ts'
import { decodeWords } from './words.ts'

/** The body as it stands: a view. */
export function bodyOf(bytes: Uint8Array, part: Part): Uint8Array {
  return bytes.subarray(part.bodyStart, part.bodyEnd)
}

/** The body without its transfer encoding; as it stands where that is not known. Often a view. */
export function contentOf(bytes: Uint8Array, part: Part): Uint8Array {
  return decodeTransfer(bodyOf(bytes, part), part.encoding) ?? bodyOf(bytes, part)
}

/** The content of a leaf as text, in its charset; line ends as they are. */
export function textOf(bytes: Uint8Array, part: Part): string {
  return decodeCharset(contentOf(bytes, part), parameterOf(part.contentType, 'charset') ?? '')
}

/** The name that the part's file should have, decoded (RFC 2183 §2.3, and `name` of the Content-Type before it). */
export function fileNameOf(part: Part): string | undefined {
  const name = parameterOf(part.disposition, 'filename') ?? parameterOf(part.contentType, 'name')
  return name === undefined || !name.includes('=?') ? name : decodeWords(name)
}

/** All leaves and all messages inside, in the order of the message. */
export function* leavesOf(part: Part): Generator<Part> {
  if (part.kind === 'leaf') yield part
  for (const child of part.children) yield* leavesOf(child)
}
