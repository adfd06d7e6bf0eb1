// A channel as the scripted shell reads and writes it: pieces by promise, none before the last was taken.

import type { Readable, Writable } from 'node:stream'
import { failure, type Failure } from '../../../core/index.ts'
import type { ChannelStream } from '../channels/channel-stream.ts'
import type { ByteSink, ByteSource } from '../shell/run/streams.ts'

const NO_READER = failure('EPIPE', 'nobody reads the channel')

export function sourceOf(channel: ChannelStream): ByteSource {
  return { read: () => nextOf(channel) }
}

async function nextOf(channel: Readable): Promise<Uint8Array | undefined> {
  for (;;) {
    const chunk: Buffer | null = channel.read()
    if (chunk !== null) return chunk
    if (channel.readableEnded || channel.destroyed) return undefined
    await oneOf(channel, ['readable', 'end', 'close'])
  }
}

/** `to`: the channel itself, or its stderr. */
export function sinkOf(channel: ChannelStream, to: Writable): ByteSink {
  return { write: (bytes) => writeTo(channel, to, bytes) }
}

async function writeTo(channel: ChannelStream, to: Writable, bytes: Uint8Array): Promise<Failure | undefined> {
  if (channel.isUnread || !to.writable) return NO_READER
  if (!to.write(bytes)) await oneOf(to, ['drain', 'close', 'finish'])
  return channel.isUnread ? NO_READER : undefined
}

/** Resolves with the first of `events`. */
function oneOf(stream: Readable | Writable, events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const heard = (): void => {
      for (const event of events) stream.off(event, heard)
      resolve()
    }
    for (const event of events) stream.on(event, heard)
  })
}
