// What a world file may say of an IMAP server. README.md says it for people.

import * as v from 'valibot'
import { configFrom, countSetting, durationSetting, portsSetting, sizeSetting } from '../../core/index.ts'
import { answersSchema } from '../../shared/answers/index.ts'
import { channelBindingSetting, plainLoginSetting } from '../../shared/sasl/index.ts'
import { IMAPS_PORT, IMAP_PORT } from './messages.ts'
import { PHASES, type Overruling } from './policy.ts'
import { DEFAULT_LIMITS } from './server/limits.ts'

const CONNECTIONS_MAX = 16_384 // what one listener holds

const limits = v.pipe(
  v.strictObject({
    message: sizeSetting(DEFAULT_LIMITS.messageMaxBytes, 'One message that APPEND brings; then NO [TOOBIG].'),
    'login-time': durationSetting(DEFAULT_LIMITS.loginMs, 'From the greeting to a login; then BYE.'),
    idle: durationSetting(DEFAULT_LIMITS.idleMs, 'Silence after a login, IDLE included; then BYE.'),
    stall: durationSetting(
      DEFAULT_LIMITS.stallMs,
      'A client takes nothing of an answer; then the connection is broken off.',
    ),
    connections: countSetting(DEFAULT_LIMITS.connectionsMax, CONNECTIONS_MAX, 'From one address at a time.'),
    sessions: countSetting(DEFAULT_LIMITS.sessionsMax, CONNECTIONS_MAX, 'Of one account at a time.'),
  }),
  v.transform((given) => ({
    messageMaxBytes: given.message,
    loginMs: given['login-time'],
    idleMs: given.idle,
    stallMs: given.stall,
    connectionsMax: given.connections,
    sessionsMax: given.sessions,
  })),
)

const REPLY = /^(NO|BAD|BYE) ([\x20-\x7e]{1,500})$/

/** `NO [UNAVAILABLE] try later`, `BAD ...`, `BYE ...`, or `hang-up`. */
const reply = v.pipe(
  v.string(),
  v.rawTransform<string, Overruling>(({ dataset, addIssue, NEVER }) => {
    const [, status, text = ''] = REPLY.exec(dataset.value) ?? []
    if (dataset.value === 'hang-up') return dataset.value
    if (status === 'NO' || status === 'BAD' || status === 'BYE') return { status, text }
    addIssue({ message: 'expected NO, BAD or BYE and a text, such as "NO [UNAVAILABLE] try later", or hang-up' })
    return NEVER
  }),
  v.description('What is said: NO, BAD or BYE with its text, such as "NO [UNAVAILABLE] try later", or hang-up.'),
)

const settings = v.strictObject({
  port: portsSetting(IMAP_PORT, 'Without TLS at first: a port, a list of ports, or false.'),
  'secure-port': portsSetting(IMAPS_PORT, 'With TLS from the first byte: a port, a list of ports, or false.'),
  'plain-login': plainLoginSetting,
  'channel-binding': channelBindingSetting,
  answers: answersSchema(PHASES, reply),
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

export type ImapConfig = v.InferOutput<typeof schema>

export const imapConfig = configFrom<ImapConfig>(schema)
