// SASL for both sides: PLAIN (RFC 4616), LOGIN, SCRAM (RFC 5802, 7677) with and without channel binding. No I/O.

export { decodeBase64, encodeBase64 } from './base64.ts'
export { startSaslClient } from './client.ts'
export {
  chooseMechanism,
  offeredMechanisms,
  parseMechanism,
  SASL_MECHANISMS,
  type SaslMechanism,
  type SaslSituation,
} from './mechanisms.ts'
export {
  BASE64_MAX_BYTES,
  MESSAGE_MAX_BYTES,
  type ChannelBindingOf,
  type SaslClient,
  type SaslClientRefusal,
  type SaslClientStep,
  type SaslContext,
  type SaslLogin,
  type SaslRefusal,
  type SaslServer,
  type SaslStep,
} from './messages.ts'
export { ScramKeys } from './scram-keys.ts'
export { startSasl } from './server.ts'
