// Every bound that the drivers hold, whatever protocol runs on them. Protocols state their own.

/**
 * Unread bytes that a machine may leave lying while it says that its message is not whole yet. Four times
 * the largest message that a protocol here takes whole: 65,537 bytes, DNS over TCP (RFC 1035 §4.2.2).
 */
export const INBOX_MAX_BYTES = 262_144

/** While a machine waits for an answer, reading stops once this much lies unread: one full TCP window without scaling. */
export const INBOX_PAUSE_BYTES = 65_536

/** While more than this is unsent, the machine gets no further input. Node's own mark for streams is the same. */
export const BACKLOG_HIGH_BYTES = 65_536

/** Sends of one turn are copied together up to this size. Larger ones are written one by one. */
export const GATHER_MAX_BYTES = 65_536

/** A TLS handshake. Four retransmissions of a lost segment (1, 2, 4, 8 s, RFC 6298 §5.5), twice over. */
export const HANDSHAKE_MAX_MS = 30_000

/** An outbound connect. The same four retransmissions of a SYN, twice over. */
export const CONNECT_MAX_MS = 30_000

/** After `end`, how long a peer may take nothing and close nothing. nginx's `lingering_time`. */
export const LINGER_MAX_MS = 30_000

/** Open streams of one listener. nginx's stock 512 connections, and room for tests of 10,000. */
export const STREAMS_PER_LISTENER = 16_384

/** Streams held silently because the gate says `drop`; the oldest is then closed. A quarter of Linux's SYN backlog of 4,096. */
export const DROPPED_STREAMS_MAX = 1024

/** How long a dropped stream is held. Linux gives up a connect after about 127 s (tcp_syn_retries 6). */
export const DROPPED_STREAM_MS = 127_000

/** Peers of one datagram socket that are known as flows at a time; the least recently heard goes first. */
export const DATAGRAM_FLOWS_MAX = 16_384

/** Packets of one datagram socket that wait while its machine holds them. Ours: a burst, while a module is loaded. */
export const DATAGRAMS_HELD_MAX = 256

/** A datagram flow without a packet ends. Linux: nf_conntrack_udp_timeout. */
export const DATAGRAM_FLOW_IDLE_MS = 30_000

/** Turns in which a machine may answer `drained` with more before others get theirs. */
export const DRAINED_PER_TURN = 64

/** Calls in a row of `received` that take nothing and still say `true`, before the machine counts as broken. */
export const IDLE_CALLS_MAX = 1000
