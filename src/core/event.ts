// What services tell of themselves: one event a noteworthy message, refusal or end.

/** `detail` holds plain values only, so that every event prints as one JSON line. */
export interface Event {
  /** A dotted word, the protocol first: `dns.query`, `http.request`, `driver.limit`. */
  readonly kind: string
  /** One line for people, without a newline: `GET / 200, 1,234 bytes`. */
  readonly summary: string
  /** `detail`: a step on the way to something that is told as well; reports only count it where something else is told. Default: `info`. */
  readonly severity?: 'info' | 'warning' | 'detail'
  readonly detail?: Readonly<Record<string, string | number | boolean>>
}
