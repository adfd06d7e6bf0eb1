// Puts a DNS server together: its zones and who signs them, its desk, what it keeps and when it forgets.

import type { Io } from '../../core/io.ts'
import type { Running } from '../../core/service.ts'
import type { WorldView } from '../../core/world-view.ts'
import type { ServedZone } from '../../core/zones.ts'
import { TYPE } from '../../shared/dns/messages.ts'
import { QueryLog } from '../../shared/dns/serving/query-log.ts'
import { RateLimiter } from '../../shared/dns/serving/rate-limit.ts'
import { Reader } from '../../wire/reader.ts'
import { AnswerMaker } from './answer-maker.ts'
import { AskerTerms } from './asker-terms.ts'
import type { DnsConfig } from './config.ts'
import { Cookies } from '../../shared/dns/serving/cookies.ts'
import { openDesk, zoneStanding, type Desk, type OpenDeskPart } from './desk.ts'
import { OnlineSigner } from './online-signer.ts'
import { worldPolicy, type DnsPolicy } from './policy.ts'
import { recordSigner } from './record-signer.ts'
import { Responder } from './responder.ts'
import { DnsTcpServer, DnsUdpServer } from './server.ts'
import type { ZoneSigner } from './signing.ts'
import { openSignedQuestions } from './transaction/signed-questions.ts'
import { openNotifier } from './transfer/notifier.ts'
import { openOutgoing } from './transfer/outgoing.ts'
import { openSecondaries } from './transfer/secondaries.ts'
import { openUpdates } from './update/updates.ts'

/** What the desk is made of, in the order in which it is asked. */
const DESK_PARTS: Readonly<Record<string, OpenDeskPart>> = {
  transfer: openOutgoing,
  secondary: openSecondaries,
  notify: openNotifier,
  update: openUpdates,
  question: openSignedQuestions,
}
const SIGN_TIMER = 'sign:'

/** The parts that share one state, whatever brings the packets. */
interface DnsParts {
  readonly responder: Responder
  readonly log: QueryLog
  readonly desk: Desk
  /** By the timers that let them go on. */
  readonly signers: ReadonlyMap<string, OnlineSigner>
}

export function startDns(io: Io, config: DnsConfig, world: WorldView): Running {
  const { responder, log, desk, signers } = buildDns(io, config, world)
  const unwatch = watchAll(world, () => responder.forget())
  for (const [timer, signer] of signers) signer.signAhead(timer)
  return {
    listens: [
      { transport: 'udp', port: config.port, open: (io) => new DnsUdpServer(io, responder, world) },
      { transport: 'tcp', port: config.port, accept: (io) => new DnsTcpServer(io, responder, world, config.tcpIdleMs) },
    ],
    woke(timer) {
      const signer = signers.get(timer)
      if (signer !== undefined) return signer.signOn(timer)
      log.woke(timer)
      desk.woke(timer)
    },
    stop() {
      unwatch()
      desk.stop()
      log.flush()
    },
  }
}

export function buildDns(io: Io, config: DnsConfig, world: WorldView): DnsParts {
  const signers = new Map<string, OnlineSigner>()
  const signerOf = (served: ServedZone): ZoneSigner => {
    if (served.signing === undefined) return recordSigner
    const signer = new OnlineSigner(io, world.secret, served, served.signing)
    signers.set(`${SIGN_TIMER}${served.zone.apex}`, signer)
    return signer
  }
  const standing = zoneStanding(() => responder.forget())
  const policy = worldPolicy(world, signerOf, (apex) => standing.isExpired(apex))
  const log = new QueryLog(io, config.logQueries)
  const desk = openDesk(io, world, DESK_PARTS, standing)
  const maker = new AnswerMaker(policy, config.udpSizeMaxBytes, world.clock)
  const responder: Responder = new Responder(
    maker,
    termsOf(config, policy, desk, world.secret),
    log,
    desk,
    config.udpSizeMaxBytes,
  )
  return { responder, log, desk, signers }
}

function termsOf(config: DnsConfig, policy: DnsPolicy, desk: Desk, secret: Uint8Array): AskerTerms {
  return new AskerTerms({
    identity: policy.hostName,
    cookies: new Cookies(secret),
    tcpIdleMs: config.tcpIdleMs,
    limiter: config.rateLimit && new RateLimiter(config.rateLimit),
    cookiesAbove: config.cookiesAbove,
    expireSecondsOf: (apex) => desk.expireSecondsOf(apex) ?? soaExpireSeconds(policy, apex),
  })
}

/** Of a primary, which is always up to date with itself (RFC 7314 §3.2). */
function soaExpireSeconds(policy: DnsPolicy, apex: string): number | undefined {
  const zone = policy.zoneOf(apex, TYPE.SOA)
  const data = zone?.apex === apex ? zone.version?.setAt(apex, TYPE.SOA)?.data[0] : undefined
  return data && new Reader(data, data.length - 8).u32()
}

/** Edits of any zone, and of the clock. */
function watchAll(world: WorldView, changed: () => void): () => void {
  const stops = [...world.served.map(({ zone }) => zone.watch(changed)), world.clock.watch(changed)]
  return () => {
    for (const stop of stops) stop()
  }
}
