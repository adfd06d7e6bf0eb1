// What we use of the package ssh2: its protocol engine alone, which takes bytes and gives bytes and has no socket, no
// clock and no promise once it is loaded. The package has types for its client and server only; these are the engine's.
// It is loaded when the first peer comes.

import { createRequire } from 'node:module'
import type { HostKey } from '../../../core/index.ts'

/** A key as ssh2 parses it. */
export interface ParsedKey {
  /** `ssh-ed25519`, `ssh-rsa`. */
  readonly type: string
  getPublicSSH(): Buffer
  verify(signed: Uint8Array, signature: Uint8Array, hash?: string): boolean | Error
}

/** What is offered in a key exchange (RFC 4253 §7.1). */
export interface Offer {
  readonly kex: readonly string[]
  readonly serverHostKey: readonly string[]
  readonly cs: DirectionOffer
  readonly sc: DirectionOffer
}

export interface DirectionOffer {
  readonly cipher: readonly string[]
  readonly mac: readonly string[]
  readonly compress: readonly string[]
  readonly lang: readonly string[]
}

/** What was agreed on. */
export interface Negotiated {
  readonly kex: string
  readonly serverHostKey: string
  readonly cs: { readonly cipher: string }
}

export interface PublicKeyProof {
  /** Of the key: `ssh-rsa` also where SHA-2 was asked for. */
  readonly keyAlgo: string
  readonly key: Buffer
  /** `sha256` or `sha512` for RSA; left out otherwise, and for RSA with SHA-1. */
  readonly hashAlgo?: 'sha256' | 'sha512'
  /** Left out: the client asks whether the key would do. */
  readonly signature?: Buffer
  readonly blob?: Buffer
}

export interface PasswordChange {
  readonly oldPassword: string
  readonly newPassword: string
}

/** `data` of a request by its method. */
export type LoginData = null | string | PasswordChange | PublicKeyProof | readonly string[] | Buffer

export interface ChannelOpen {
  readonly type: string
  readonly sender: number
  readonly window: number
  readonly packetSize: number
  readonly data: {
    readonly destIP?: string
    readonly destPort?: number
    readonly srcIP?: string
    readonly srcPort?: number
  }
}

export interface ChannelConfirmation {
  readonly recipient: number
  readonly sender: number
  readonly window: number
  readonly packetSize: number
}

/** One call a message, its first argument the engine itself. */
export interface MessageHandlers {
  DISCONNECT(engine: Engine, reason: number, description: string): void
  SERVICE_REQUEST(engine: Engine, name: string): void
  USERAUTH_REQUEST(engine: Engine, user: string, service: string, method: string, data: LoginData): void
  USERAUTH_INFO_RESPONSE(engine: Engine, responses: readonly string[]): void
  GLOBAL_REQUEST(engine: Engine, name: string, wantReply: boolean, data: unknown): void
  CHANNEL_OPEN(engine: Engine, open: ChannelOpen): void
  CHANNEL_OPEN_CONFIRMATION(engine: Engine, confirmation: ChannelConfirmation): void
  CHANNEL_OPEN_FAILURE(engine: Engine, recipient: number, reason: number, description: string): void
  CHANNEL_WINDOW_ADJUST(engine: Engine, recipient: number, bytes: number): void
  CHANNEL_DATA(engine: Engine, recipient: number, data: Buffer): void
  CHANNEL_EXTENDED_DATA(engine: Engine, recipient: number, data: Buffer, type: number): void
  CHANNEL_EOF(engine: Engine, recipient: number): void
  CHANNEL_CLOSE(engine: Engine, recipient: number): void
  CHANNEL_REQUEST(engine: Engine, recipient: number, type: string, wantReply: boolean, data: unknown): void
}

export interface EngineSettings {
  readonly server: true
  readonly hostKeys: Readonly<Record<string, ParsedKey>>
  /** Behind `SSH-2.0-`. */
  readonly ident: string
  readonly offer: object
  readonly banner?: string
  onWrite(bytes: Uint8Array): void
  onError(error: Error): void
  onHeader(header: { readonly versions: { readonly software: string } }): void
  onHandshakeComplete(negotiated: Negotiated): void
  readonly messageHandlers: MessageHandlers
}

export interface ForwardedOrigin {
  readonly boundAddr: string
  readonly boundPort: number
  readonly remoteAddr: string
  readonly remotePort: number
}

export interface Prompt {
  readonly prompt: string
  readonly echo: boolean
}

/** Throws out of `parse` for what no peer may send. Once it is destroyed, every call that sends throws. */
export interface Engine {
  start(): void
  parse(bytes: Uint8Array, from: number, to: number): void
  cleanup(): void
  /** Undefined outside of a key exchange, in which nothing but its own messages is sent. */
  readonly _kexinit: unknown
  /** Those in use, new ones after each key exchange. */
  readonly _cipher: unknown
  readonly _decipher: unknown
  /** Methods of the login requests that are unanswered, the oldest first. */
  readonly _authsQueue: string[]
  disconnect(reason: number): void
  ping(): void
  serviceAccept(name: string): void
  authFailure(methods: readonly string[], partial: boolean): void
  authSuccess(): void
  authPKOK(algorithm: string, key: Buffer): void
  authInfoReq(name: string, instruction: string, prompts: readonly Prompt[]): void
  requestSuccess(data?: Buffer): void
  requestFailure(): void
  channelOpenConfirm(remote: number, local: number, window: number, packetSize: number): void
  channelOpenFail(remote: number, reason: number, description: string): void
  channelWindowAdjust(channel: number, bytes: number): void
  channelData(channel: number, data: Uint8Array): void
  channelExtData(channel: number, data: Uint8Array, type: number): void
  channelEOF(channel: number): void
  channelClose(channel: number): void
  channelSuccess(channel: number): void
  channelFailure(channel: number): void
  exitStatus(channel: number, status: number): void
  exitSignal(channel: number, name: string, coreDumped: boolean, message: string): void
  forwardedTcpip(channel: number, window: number, packetSize: number, origin: ForwardedOrigin): void
}

export interface Library {
  newEngine(settings: EngineSettings): Engine
  newOffer(offer: Offer): object
  /** Of a private key in PEM, or of a public key as RFC 4253 §6.6 has it; what is no key gives an error. */
  parseKey(key: string | Buffer): ParsedKey | Error
  /** The native ciphers are there: they work in the bytes that they are given. */
  readonly worksInPlace: boolean
}

interface Modules {
  readonly Protocol: new (settings: EngineSettings) => Engine
  readonly KexInit: new (offer: Offer) => object
  readonly parseKey: (key: string | Buffer) => ParsedKey | readonly ParsedKey[] | Error
  readonly crypto: { readonly bindingAvailable: boolean; readonly init: Promise<unknown> }
}

let loading: Promise<Library> | undefined

/** The same promise for all who ask. */
export function loadLibrary(): Promise<Library> {
  loading ??= load()
  return loading
}

async function load(): Promise<Library> {
  const { Protocol, KexInit, parseKey, crypto } = modules()
  await crypto.init
  return {
    newEngine: (settings) => new Protocol(settings),
    newOffer: (offer) => new KexInit(offer),
    parseKey: (key) => firstOf(parseKey(key)),
    worksInPlace: crypto.bindingAvailable,
  }
}

function modules(): Modules {
  const require = createRequire(import.meta.url)
  return {
    Protocol: require('ssh2/lib/protocol/Protocol.js'),
    KexInit: require('ssh2/lib/protocol/kex.js').KexInit,
    parseKey: require('ssh2/lib/protocol/keyParser.js').parseKey,
    crypto: {
      bindingAvailable: require('ssh2/lib/protocol/crypto.js').bindingAvailable,
      init: require('ssh2/lib/protocol/crypto.js').init,
    },
  }
}

function firstOf(parsed: ParsedKey | readonly ParsedKey[] | Error): ParsedKey | Error {
  if (parsed instanceof Error || 'verify' in parsed) return parsed
  return parsed[0] ?? new Error('no key')
}

/** Host keys as the engine wants them: by signature algorithm, RSA under both that are not SHA-1 (RFC 8332 §3). */
export function engineHostKeys(library: Library, hostKeys: readonly HostKey[]): Readonly<Record<string, ParsedKey>> {
  const keys: Record<string, ParsedKey> = {}
  for (const { algorithm, privatePem } of hostKeys) {
    const key = library.parseKey(privatePem)
    if (key instanceof Error) throw new Error(`the host's ${algorithm} key cannot be read: ${key.message}`)
    for (const name of algorithm === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [algorithm]) keys[name] ??= key
  }
  return keys
}
