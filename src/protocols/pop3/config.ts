// What a world file may say of a POP3 server. README.md says it for people.

import * as v from 'valibot'
import { configFrom, countSetting, durationSetting, portsSetting } from '../../core/index.ts'
import { answersSchema } from '../../shared/answers/index.ts'
import { channelBindingSetting, plainLoginSetting } from '../../shared/sasl/index.ts'
import { parseReply } from './codec/reply.ts'
import { POP3S_PORT, POP3_PORT, REPLY_LINE_MAX_BYTES } from './messages.ts'
import { PHASES, type Overruling } from './policy.ts'
import { DEFAULT_LIMITS } from './server/limits.ts'

const CONNECTIONS_MAX = 10_000 // ours: what one machine opens against another in a load test

const limits = v.pipe(
  v.strictObject({
    'login-time': durationSetting(DEFAULT_LIMITS.loginMs, 'From the greeting to a login; then the connection closes.'),
    idle: durationSetting(
      DEFAULT_LIMITS.idleMs,
      'Silence after a login; then the connection closes, and nothing is deleted.',
    ),
    connections: countSetting(DEFAULT_LIMITS.connectionsMax, CONNECTIONS_MAX, 'From one address at a time.'),
  }),
  v.transform((given) => ({
    loginMs: given['login-time'],
    idleMs: given.idle,
    connectionsMax: given.connections,
  })),
)

const EXPECTED = 'expected hang-up, or a line that begins with -ERR'

/** What is said instead. A `+OK` could not be followed by what the client then waits for. */
const overruling = v.pipe(
  v.string(),
  v.maxBytes(REPLY_LINE_MAX_BYTES - 2, 'a reply has 510 octets at most (RFC 2449 §4)'),
  v.regex(/^(?:hang-up|-ERR[ -~\u00a0-\uffff]*)$/, EXPECTED),
  v.rawTransform(({ dataset, addIssue, NEVER }): Overruling => {
    if (dataset.value === 'hang-up') return 'hang-up'
    const reply = parseReply(dataset.value)
    if (reply !== undefined) return reply
    addIssue({ message: EXPECTED })
    return NEVER
  }),
  v.description('What is said: -ERR and a text, such as -ERR [SYS/TEMP] later, or hang-up.'),
)

const settings = v.strictObject({
  port: portsSetting(POP3_PORT, 'Without TLS at first: a port, a list of ports, or false.'),
  'secure-port': portsSetting(POP3S_PORT, 'With TLS from the first byte: a port, a list of ports, or false.'),
  'plain-login': plainLoginSetting,
  'channel-binding': channelBindingSetting,
  answers: answersSchema(PHASES, overruling),
  limits: v.optional(limits, {}),
})

const schema = v.pipe(
  settings,
  v.transform(
    ({ 'secure-port': securePort, 'plain-login': plainLogin, 'channel-binding': channelBinding, ...rest }) => ({
      ...rest,
      securePort,
      plainLogin,
      channelBinding,
    }),
  ),
)

export type Pop3Config = v.InferOutput<typeof schema>

export const pop3Config = configFrom<Pop3Config>(schema)
