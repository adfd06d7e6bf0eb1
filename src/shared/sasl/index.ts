// SASL for both sides of a protocol of lines: PLAIN (RFC 4616), LOGIN, SCRAM (RFC 5802, 7677) with and without channel binding.
// No I/O.

export { parseMechanism, type SaslMechanism } from './mechanisms.ts'
export { BASE64_MAX_BYTES } from './messages.ts'
export { ScramKeys } from './scram-keys.ts'
export { channelBindingSetting, plainLoginSetting } from './settings.ts'
export { startTextClient, type TextClient } from './text-client.ts'
export {
  checkPassword,
  mechanismsFor,
  takesPlain,
  TextExchange,
  type LoginOutcome,
  type TextStep,
} from './text-exchange.ts'
