// When a relay tries again, tells of it and gives up: `relay:` in the world file.

import * as v from 'valibot'
import { duration } from '../../../core/quantities.ts'

function time(usual: string, text: string) {
  return v.pipe(v.optional(v.pipe(duration, v.minValue(1, 'expected at least 1ms')), usual), v.description(text))
}

/** RFC 5321 §4.5.4.1 asks for 30 minutes between tries, and 4 to 5 days in all; Postfix begins with 5 minutes and ends with 4,000 s. */
export const relaySettings = v.pipe(
  v.optional(
    v.strictObject({
      'first-retry': time('5m', 'Before the second try of a mail. Each further wait is twice as long.'),
      'max-retry': time('4h', 'The longest wait between two tries.'),
      'give-up': time('120h', 'A mail that is in the queue for so long goes back to its sender.'),
      'delay-report': time('4h', 'The sender of a mail that is in the queue for so long is told that it is late.'),
      tls: v.pipe(
        v.optional(v.picklist(['never', 'offered', 'required']), 'offered'),
        v.description('TLS to other servers: offered takes it where there is one, and does without where it fails.'),
      ),
    }),
    {},
  ),
  v.description('How mail for other hosts is tried again, and given up.'),
)

/** Durations in milliseconds. */
export type RelaySettings = v.InferOutput<typeof relaySettings>
