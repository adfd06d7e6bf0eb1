// Padding of messages that are encrypted, so that their size says little (RFC 7830, sizes of RFC 8467 §4.1).

import type { EdnsOption } from '../messages.ts'
import { OPTION, OPTION_HEADER_BYTES } from './options.ts'

/** Queries and answers become a multiple of these, in bytes (RFC 8467 §4.1). */
export const QUERY_BLOCK_BYTES = 128
export const ANSWER_BLOCK_BYTES = 468

/**
 * Bytes of padding for a message of `messageBytes` without the option: up to the next multiple of `blockBytes`, or to `maxBytes` where
 * that comes first. -1: not even an empty option fits.
 */
export function paddingBytes(messageBytes: number, blockBytes: number, maxBytes: number): number {
  const bare = messageBytes + OPTION_HEADER_BYTES
  const bytes = Math.min(Math.ceil(bare / blockBytes) * blockBytes, maxBytes) - bare
  return bytes < 0 ? -1 : bytes
}

export function paddingOption(bytes: number): EdnsOption {
  return { code: OPTION.PADDING, data: new Uint8Array(bytes) }
}
