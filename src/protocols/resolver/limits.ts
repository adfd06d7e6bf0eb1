// Every bound of the resolver, with its unit and origin. What a world file can change stands in config.ts.

/** Milliseconds: how long one whole resolution may take. Stub resolvers wait 5 s and ask again (resolv.conf(5)). */
export const QUESTION_MAX_MS = 10_000
/** Questions sent for one question of a client, those for addresses and keys included: Unbound's `max-global-quota` is 200, BIND's `max-recursion-queries` 50. */
export const QUERIES_PER_QUESTION = 128
/** Names of servers whose addresses are looked up for one question: what NXNSAttack multiplied (CVE-2020-12662); Unbound's is 5 for each name. */
export const ADDRESS_FETCHES_PER_QUESTION = 12
/** Resolutions inside of resolutions: BIND's `max-recursion-depth` is 7. */
export const DEPTH_MAX = 7
/** Referrals and steps of one iteration; the longest name has 127 labels, and each step leads down. Ours. */
export const STEPS_MAX = 64
/** Servers taken from one referral: more than any root or top-level zone has. */
export const SERVERS_PER_ZONE = 16
/** Addresses taken for one server. Ours. */
export const ADDRESSES_PER_SERVER = 8
/** Tries of one server in one step. RFC 1536 §1. */
export const TRIES_PER_SERVER = 3
/** Links of CNAME and DNAME followed for one question. BIND's `max-query-restarts` is 11; RFC 1034 §3.6.2 asks for a bound. */
export const CHAIN_MAX = 16
/** Iterations that run at a time; BIND's `recursive-clients` is 1,000, and each may wait for others here. */
export const ITERATIONS_MAX = 4096
/** Questions of one client address that wait at a time: BIND's `recursive-clients`, a quarter. */
export const WAITING_PER_CLIENT = 256
/** Questions that wait at a time, of all clients. Ours: four for each iteration. */
export const WAITING_MAX = 16_384
/** Questions that wait on one connection; further input is not read until one is answered. RFC 7766 §6.2.1 leaves it to us. */
export const WAITING_PER_STREAM = 100
/** Datagrams that are out at a time: few enough that a guess rarely hits one (RFC 5452 §9.2). Ours. */
export const DATAGRAMS_OUT_MAX = 4096
/** Ports from which questions leave at a time, for each family. Ours. */
export const PORTS_MAX = 8
/** Questions that leave from one port before another takes its place. Ours: who sees one does not know the next for long. */
export const PORT_USES_MAX = 256
/** Milliseconds after which a port is given up as well. Ours. */
export const PORT_MAX_MS = 30_000
/** Streams to name servers at a time. Ours. */
export const STREAMS_OUT_MAX = 128
/** Milliseconds: a stream to a name server without a question is closed (RFC 7766 §6.2.3). */
export const STREAM_IDLE_MS = 4000
/** Milliseconds until an answer over a stream counts as none. */
export const STREAM_TRY_MS = 3000
/** Milliseconds: the first wait for a server that nothing is known of; Unbound's is 376. */
export const TRY_FIRST_MS = 400
/** Milliseconds: no wait is shorter, no wait longer. BIND's are 800 and 10,000. */
export const TRY_MIN_MS = 150
export const TRY_MAX_MS = 3000
/** Silences in a row from which a server rests (RFC 9520 §3.1), and for how long at first and at most, in milliseconds. */
export const SILENCES_MAX = 4
export const REST_FIRST_MS = 1000
export const REST_MAX_MS = 60_000
/** Milliseconds for which a server counts as lame for a zone (RFC 4697 §2.2.1); BIND's `lame-ttl` is 10 minutes. */
export const LAME_MS = 60_000
/** Servers that are remembered. Unbound's `infra-cache-numhosts`. */
export const SERVERS_MAX = 10_000
/** Packets that are no answer, from where one is expected, until the question goes over a stream. Ours. */
export const STRAYS_MAX = 8
/** Seconds: how long a failure is remembered, at first and at most (RFC 9520 §3.2). */
export const FAILURE_FIRST_SECONDS = 5
export const FAILURE_MAX_SECONDS = 300
/** Characters that say why: what failed because another failed would say all of that again. Ours. */
export const FAILURE_TEXT_MAX = 240
/** Milliseconds until an answer past its time is given (RFC 8767 §5), and the seconds it is good for (§4). */
export const STALE_AFTER_MS = 1800
export const STALE_TTL_SECONDS = 30
/** Labels that are told at first one by one, and how many questions a name is told in at most (RFC 9156 §2.3). */
export const MINIMISE_ONE_LABEL = 4
export const MINIMISE_QUESTIONS_MAX = 10
/** Bytes of an answer over UDP that is asked for (RFC 9715 §3.1). */
export const UDP_ASKED_BYTES = 1232
/** Seconds for which a bogus answer is kept (RFC 9520 §3.2, RFC 4035 §4.7); Unbound's `val-bogus-ttl` is 60. */
export const BOGUS_SECONDS = 5
/** Milliseconds for which others are asked before a server whose answer was bogus. Unbound's `val-bogus-ttl`. */
export const DOUBT_MS = 60_000
/** Zones whose keys are remembered as asked for anew. Ours. */
export const DOUBTED_ZONES_MAX = 512
/** Connections of DNS over HTTPS at a time. Half of what a port takes. */
export const HTTPS_CONNECTIONS_MAX = 8192
/** Requests of one connection at a time (RFC 9113 §6.5.2 recommends 100 at least). */
export const HTTPS_STREAMS_MAX = 100
/** Bytes of a request's head: a message of 65,535 bytes in base64url, and its fields. */
export const HTTPS_HEAD_MAX_BYTES = 98_304
/** Milliseconds for a request's content; what is asked is short. */
export const HTTPS_CONTENT_MS = 10_000
/** Requests that a client may reset at once: CVE-2023-44487, as nghttp2 counts. */
export const HTTPS_RESETS_MAX = 200
