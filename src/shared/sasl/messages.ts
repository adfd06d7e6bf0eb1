// The words of SASL (RFC 4422) as SMTP, IMAP and POP3 use them: what goes in and comes out of each side. No base64
// and no lines: text-exchange.ts and text-client.ts have those.

import type { ChannelBindingType, StreamIo } from '../../core/io.ts'
import type { ANY_PASSWORD } from '../../core/world-view.ts'
import type { SaslMechanism } from './mechanisms.ts'
import type { ScramKeys } from './scram-keys.ts'

/** Octets of one challenge or response in base64, without its line end (RFC 4954 §4). */
export const BASE64_MAX_BYTES = 12_288
/** Octets of one challenge or response (what the above decodes to). */
export const MESSAGE_MAX_BYTES = 9_216

/** What a login needs of its connection. */
export type SaslIo = Pick<StreamIo, 'tls' | 'random'>

/** The data that binds an exchange to the TLS around it. `io.tls?.channelBinding` is one. */
export type ChannelBindingOf = (type: ChannelBindingType) => Uint8Array | undefined

export interface SaslContext {
  /** The plain password of the account that a login name stands for, or that any will do; `undefined` when there is no account. */
  passwordOf(user: string): string | typeof ANY_PASSWORD | undefined
  random(size: number): Uint8Array
  /** One for the life of a service: it keeps what takes milliseconds to compute. */
  readonly keys: ScramKeys
  /** Given, the server takes part in channel binding and has offered SCRAM-SHA-256-PLUS. */
  readonly channelBinding?: ChannelBindingOf | undefined
}

/**
 * `malformed`: not a message of the mechanism. `credentials`: no such user, or another password. `channel-binding`: the
 * client is bound to another TLS than ours, or was told that we do not bind (RFC 5802 §6).
 */
export type SaslRefusal = 'malformed' | 'credentials' | 'channel-binding'

/**
 * What the server does after a response.
 *
 * `challenge`: send `bytes` (perhaps none) and hand the next response in. The last word of SCRAM is a challenge too,
 * answered by an empty response, as none of the three protocols has data beside its success.
 * `done`: `user` has proved who it is, and `authorization`, when given, is whom it wants to act as; whether it
 * may is for the caller to say. `failed`: `user` is set once it was read.
 */
export type SaslStep =
  | { readonly kind: 'challenge'; readonly bytes: Uint8Array }
  | { readonly kind: 'done'; readonly user: string; readonly authorization?: string }
  | { readonly kind: 'failed'; readonly reason: SaslRefusal; readonly user?: string }

export interface SaslServer {
  readonly mechanism: SaslMechanism
  /** First: the initial response, or `undefined` when the client sent none. Then one response for each challenge. */
  step(response: Uint8Array | undefined): SaslStep
}

export interface SaslLogin {
  readonly user: string
  readonly password: string
  /** Whom to act as. Default: the user. */
  readonly authorization?: string
  random(size: number): Uint8Array
  readonly channelBinding?: ChannelBindingOf | undefined
  /** The server's list had no SCRAM-SHA-256-PLUS; with a `channelBinding` that is told to it (flag `y`, RFC 5802 §6). Default: false. */
  readonly plusNotOffered?: boolean
}

/**
 * `server`: the other side did not prove that it knows the password. `refused`: it said that we do not. `unusable`: a
 * name or password that cannot be sent.
 */
export type SaslClientRefusal = 'malformed' | 'server' | 'refused' | 'channel-binding' | 'unusable'

export type SaslClientStep =
  | { readonly kind: 'response'; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly reason: SaslClientRefusal; readonly detail?: string }

export interface SaslClient {
  readonly mechanism: SaslMechanism
  /** The server has proved what it must: success told by it before that is not to be believed. */
  readonly isComplete: boolean
  /** What may go along with the command. Whoever does not send it hands the server's empty challenge to `step`. */
  initial(): Uint8Array | undefined
  step(challenge: Uint8Array): SaslClientStep
}
