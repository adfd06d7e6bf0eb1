// When a relay tries again, tells of it and gives up: `relay:` in the world file.

import * as v from 'valibot'
import { durationSetting } from '../../../core/index.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** RFC 5321 §4.5.4.1 asks for 30 minutes between tries, and 4 to 5 days in all; Postfix begins with 5 minutes and ends with 4,000 s. */
export const relaySettings = v.pipe(
  v.optional(
    v.strictObject({
      'first-retry': durationSetting(
        5 * MINUTE_MS,
        'Before the second try of a mail. Each further wait is twice as long.',
      ),
      'max-retry': durationSetting(4 * HOUR_MS, 'The longest wait between two tries.'),
      'give-up': durationSetting(120 * HOUR_MS, 'A mail that is in the queue for so long goes back to its sender.'),
      'delay-report': durationSetting(
        4 * HOUR_MS,
        'The sender of a mail that is in the queue for so long is told that it is late.',
      ),
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
