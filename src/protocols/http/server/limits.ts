// What a web server allows its clients, and its defaults.

export interface HttpLimits {
  /** Bytes of content in one request; more is refused with 413. */
  readonly contentMaxBytes: number
  /** From a request's first byte to the end of its head; then 408. */
  readonly headMs: number
  /** From the end of a head to the end of its content; then 408. */
  readonly contentMs: number
  /** Between requests, and before the first; then the connection closes. */
  readonly idleMs: number
  /** A client that takes nothing of what is sent; then the connection is broken off. */
  readonly stallMs: number
}

export const DEFAULT_LIMITS: HttpLimits = {
  contentMaxBytes: 10 * 1024 * 1024, // ten times nginx's client_max_body_size: uploads in tests are larger than forms
  headMs: 20_000, // Apache's RequestReadTimeout header=20-40
  contentMs: 60_000, // nginx's client_body_timeout, here for the whole of the content
  idleMs: 75_000, // nginx's keepalive_timeout
  stallMs: 60_000, // nginx's send_timeout
}
