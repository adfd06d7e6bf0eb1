// What the sink knows of a conversation: how much came, and how it began. Imports nothing.

/** Discard (RFC 863): TCP and UDP alike. */
export const DISCARD_PORT = 9

/** First bytes kept and told of: 16 lines of a hexdump. */
export const SAMPLE_BYTES = 256

/** What one stream may send before it is ended. Far more than any greeting, far less than a flood: 1 MiB. */
export const STREAM_MAX_BYTES = 1_048_576

/** A stream that sends nothing for this long is ended. Twice the keep-alive of common servers (nginx: 75 s), rounded. */
export const IDLE_MS = 120_000

/** How long a first message may arrive in pieces before it is told of. Above one retransmission timeout (RFC 6298 §2.4: 1 s at least). */
export const SAMPLE_WAIT_MS = 1500

/** Datagrams told of one by one for each socket; further ones are taken in silence. */
export const DATAGRAMS_TOLD_MAX = 1024

/** How a conversation began. */
export interface Sample {
  /** At most `sampleBytes`. */
  readonly head: Uint8Array
  /** All that came so far. */
  readonly totalBytes: number
}
