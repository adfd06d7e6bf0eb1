// Requests that are done at once: reads that go on where the one before ended, as clients send dozens of them ahead. One
// read for all of them costs hardly more than for one.

import type { Reply, Request } from './messages.ts'
import { readTogether } from './on-handles.ts'
import { answer } from './operations.ts'
import { CONTENT_MAX_BYTES } from './packets.ts'
import type { Place } from './place.ts'

/** Bytes that are read at once: four reads of OpenSSH's clients. */
const TOGETHER_MAX_BYTES = 4 * CONTENT_MAX_BYTES

type Read = Extract<Request, { kind: 'read' }>

/** How many of the requests, from the first on, are done at once: 1 or more, where there is one. */
export function batchLength(waiting: readonly { readonly request: Request }[]): number {
  let before = waiting[0]?.request
  let bytes = before?.kind === 'read' ? before.length : 0
  for (let count = 1; ; count++) {
    const next = waiting[count]?.request
    if (before?.kind !== 'read' || next?.kind !== 'read' || !continues(before, next)) return count
    bytes += next.length
    if (bytes > TOGETHER_MAX_BYTES) return count
    before = next
  }
}

/** An answer for each. */
export async function answerBatch(
  place: Place,
  requests: readonly Request[],
  stopped: () => boolean,
): Promise<readonly Reply[]> {
  const [first] = requests
  if (first !== undefined && requests.length === 1) return [await answer(place, first, stopped)]
  return readTogether(place, requests.filter(isRead))
}

function isRead(request: Request): request is Read {
  return request.kind === 'read'
}

function continues(before: Read, next: Read): boolean {
  if (before.length > CONTENT_MAX_BYTES || next.length > CONTENT_MAX_BYTES) return false
  return before.offset + before.length === next.offset && Buffer.compare(before.handle, next.handle) === 0
}
