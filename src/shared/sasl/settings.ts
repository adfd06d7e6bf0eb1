// What a world file may say of logins, whatever protocol they are for.

import * as v from 'valibot'

export const plainLoginSetting = v.pipe(
  v.optional(v.boolean(), false),
  v.description('Take names and passwords without TLS.'),
)

export const channelBindingSetting = v.pipe(
  v.optional(v.boolean(), false),
  v.description('Offer SCRAM-SHA-256-PLUS. Some clients choose it and then cannot: mutt with GnuTLS over TLS 1.3.'),
)
