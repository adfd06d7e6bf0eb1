// TLS over any stream, with the world's identities: by server name, never one that does not live there.

import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect, createSecureContext, TLSSocket, type SecureContext } from 'node:tls'
import type { Owner } from '../core/engine.ts'
import { failureFrom, failure, isFailure, type Failure } from '../core/failure.ts'
import type { TlsInfo } from '../core/io.ts'
import type { Gatekeeper, Identity } from '../core/plane.ts'
import type { Secure } from '../core/stream-wire.ts'
import { channelBindingOf, keyExporterOf } from './channel-binding.ts'
import { hasAnotherTime, whyNotGood } from './world-validity.ts'
import { givenTo, partOf, SESSION_SECONDS } from './tls-sessions.ts'

/** A fatal `unrecognized_name` alert in a plaintext record (RFC 8446 §6, RFC 6066 §3). OpenSSL's API has no way to send it. */
const UNRECOGNIZED_NAME = Uint8Array.of(21, 3, 3, 0, 2, 2, 112)
/** RFC 8996: TLS 1.0 and 1.1 must not be used. */
const MIN_VERSION = 'TLSv1.2'
const PARANOID = { minVersion: MIN_VERSION } as const

const serverContexts = new WeakMap<Identity, SecureContext>()
const clientContexts = new Map<string, SecureContext>()
/** Authorities whose contexts are kept: one for each world in the process. */
const CLIENT_CONTEXTS_MAX = 64
let nameless: SecureContext | undefined

/** Starts TLS over `under` and answers once. */
export function startTls(
  owner: Owner,
  under: Duplex,
  secure: Secure,
  then: (result: TlsInfo | Failure) => void,
): TLSSocket {
  const start = secure.side === 'server' ? startServer : startClient
  const { tls, sessionOf, refusal } = start(under, secure, owner)
  const { flow, gatekeeper } = owner
  if (flow !== undefined && gatekeeper.tlsSecret !== undefined) {
    tls.on('keylog', (line) => gatekeeper.tlsSecret?.(flow, line.toString('latin1').trimEnd()))
  }
  hearOutcome(tls, secure.side, sessionOf, (result) => {
    const refused = isFailure(result) ? undefined : refusal?.()
    if (refused !== undefined) tls.destroy()
    then(refused ?? result)
  })
  return tls
}

interface Started {
  readonly tls: TLSSocket
  /** Of its sessions, once the handshake is done. */
  sessionOf(): Pick<TlsInfo, 'resumed' | 'session'>
  /** Why it is refused after all. */
  refusal?(): Failure | undefined
}

function startServer(under: Duplex, secure: Secure, { gatekeeper, flow }: Owner): Started {
  const part = partOf(secure, conversationContext)
  const contextFor = (identity: Identity) => part?.conversation.contextFor(identity) ?? serverContext(identity)
  const local = flow?.dialed === true ? flow.from : flow?.to
  const identify = (serverName: string | undefined) =>
    local === undefined ? undefined : gatekeeper.identity(local, serverName)
  const own = identify(undefined)
  const tls = new TLSSocket(under, {
    isServer: true,
    secureContext: own === undefined ? (nameless ??= createSecureContext(PARANOID)) : contextFor(own),
    ...(part === undefined ? {} : { server: part.server }),
    ...(secure.alpn.length > 0 ? { ALPNProtocols: [...secure.alpn] } : {}),
    SNICallback: (serverName, chosen) => {
      const identity = identify(serverName.toLowerCase())
      if (identity !== undefined) return chosen(null, contextFor(identity))
      under.write(UNRECOGNIZED_NAME)
      chosen(Object.assign(new Error(`no identity for ${serverName}`), { code: 'unrecognized_name' }))
    },
  })
  const sessionOf = () => {
    const resumed = tls.isSessionReused()
    return part === undefined ? { resumed } : { resumed: part.isResumed(resumed), session: part.conversation }
  }
  return { tls, sessionOf }
}

function startClient(under: Duplex, secure: Secure, { gatekeeper }: Owner): Started {
  const { serverName = '', alpn, verify = true } = secure
  const session = givenTo(secure)
  const byWorld = verify && hasAnotherTime(gatekeeper)
  const tls = connect({
    socket: under,
    host: serverName,
    secureContext: clientContext(gatekeeper),
    rejectUnauthorized: verify && !byWorld,
    ...(session.latest === undefined ? {} : { session: session.latest }),
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    ...(alpn.length > 0 ? { ALPNProtocols: [...alpn] } : {}),
  })
  tls.on('session', (latest: Buffer) => {
    session.latest = latest
  })
  const sessionOf = () => ({ resumed: tls.isSessionReused(), session })
  return { tls, sessionOf, ...(byWorld ? { refusal: () => whyNotGood(tls, serverName, gatekeeper) } : {}) }
}

function serverContext(identity: Identity): SecureContext {
  const known = serverContexts.get(identity)
  if (known !== undefined) return known
  const context = createSecureContext({ key: identity.keyPem, cert: identity.certificatePem, ...PARANOID })
  serverContexts.set(identity, context)
  return context
}

/** A third of a millisecond, spent by conversations that have sessions of their own: each context has new keys for tickets. */
function conversationContext({ keyPem, certificatePem }: Identity): SecureContext {
  return createSecureContext({ key: keyPem, cert: certificatePem, sessionTimeout: SESSION_SECONDS, ...PARANOID })
}

function clientContext({ trustedPem }: Gatekeeper): SecureContext {
  const known = clientContexts.get(trustedPem)
  if (known !== undefined) return known
  if (clientContexts.size >= CLIENT_CONTEXTS_MAX) clientContexts.clear()
  const context = createSecureContext({ ...PARANOID, ...(trustedPem === '' ? {} : { ca: trustedPem }) })
  clientContexts.set(trustedPem, context)
  return context
}

function hearOutcome(
  tls: TLSSocket,
  side: Secure['side'],
  sessionOf: Started['sessionOf'],
  then: (result: TlsInfo | Failure) => void,
): void {
  let settled = false
  const settle = (result: TlsInfo | Failure, when = atOnce) => {
    if (settled) return
    settled = true
    when(() => then(result))
  }
  const failed = (error: Error) => settle(failureFrom(error))
  tls.on('_tlsError', failed)
  tls.on('error', failed)
  tls.once('close', () => settle(failure('ECONNRESET', 'closed during the TLS handshake')))
  tls.once('end', () => settle(failure('ECONNRESET', 'ended during the TLS handshake')))
  // Told from a turn of its own: OpenSSL still runs below this call, and does not survive a socket that is closed under it.
  tls.once(side === 'server' ? 'secure' : 'secureConnect', () => {
    noLongerConnecting(tls)
    settle({ ...infoOf(tls, side), ...sessionOf() }, setImmediate)
  })
}

function atOnce(run: () => void): void {
  run()
}

/** Node's own servers clear it; without one it stays set, and libraries wait for an event that never comes. */
function noLongerConnecting(tls: TLSSocket): void {
  if ('secureConnecting' in tls) tls.secureConnecting = false
}

function infoOf(tls: TLSSocket, side: Secure['side']): TlsInfo {
  const { alpnProtocol } = tls
  const serverName = 'servername' in tls ? tls.servername : undefined
  return {
    version: tls.getProtocol() ?? 'unknown',
    cipher: tls.getCipher().name,
    ...(typeof serverName === 'string' && serverName !== '' ? { serverName } : {}),
    ...(typeof alpnProtocol === 'string' ? { alpn: alpnProtocol } : {}),
    channelBinding: channelBindingOf(tls, side),
    exportKey: keyExporterOf(tls),
  }
}
