// Bounds of what faults hold back, whatever a world asks for.

/** Bytes held in one direction of a stream before it is broken off: 64 full windows of the driver's own mark (65,536 bytes). */
export const STREAM_HELD_MAX_BYTES = 4_194_304

/** Bytes held in one direction of a datagram flow; a packet beyond them is lost, as in a router's full queue. */
export const DATAGRAM_HELD_MAX_BYTES = 1_048_576

/** A throttled flow may send this much of its rate at once; a finer grain would only cost timers. */
export const BURST_MS = 20

/** The least burst: one full Ethernet frame (RFC 894), so that slow rates do not make tiny segments. */
export const BURST_MIN_BYTES = 1500

/** A packet held back to be overtaken goes on after this long if none follows it. */
export const REORDER_MAX_MS = 100
