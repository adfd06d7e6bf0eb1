// SASL for both sides: PLAIN (RFC 4616), LOGIN, SCRAM (RFC 5802, 7677) with and without channel binding. No I/O.

export { decodeBase64, encodeBase64 } from './base64.ts'
export { startSaslClient } from './client.ts'
export {
  chooseMechanism,
  offeredMechanisms,
  parseMechanism,
  SASL_MECHANISMS,
  type SaslMechanism,
} from './mechanisms.ts'
export { BASE64_MAX_BYTES, MESSAGE_MAX_BYTES, type SaslClient } from './messages.ts'
export { ScramKeys } from './scram-keys.ts'
export {
  checkPassword,
  mechanismsFor,
  takesPlain,
  TextExchange,
  type LoginOutcome,
  type TextStep,
} from './text-exchange.ts'
