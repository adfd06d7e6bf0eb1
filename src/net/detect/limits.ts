// Bounds on looking: how much, how long.

/** Most first bytes that are looked at before the sink takes the stream. A request line and some headers. */
export const HEAD_MAX_BYTES = 1024

/** Once some bytes have come and no service is sure, silence of this long decides. A few round trips across the world. */
export const SILENCE_MS = 300

/** Until the first byte nobody here speaks; a client that waits as well goes to the sink after this long. */
export const FIRST_BYTE_MS = 60_000

/** Peers of one datagram socket whose choice of service is remembered; the longest unheard is forgotten. */
export const PEERS_MAX = 1024
