// NTP: the service, and what tests and the SDK use of it.

import type { HostClockReading } from '../../core/clock.ts'
import type { Io, StreamListen } from '../../core/io.ts'
import type { ServedPort, Service } from '../../core/service.ts'
import type { WorldView } from '../../core/world-view.ts'
import { follow, type AgreeOnKeys, type Following } from './client/index.ts'
import { HostClock } from './clock.ts'
import { ntpConfig, type NtpConfig } from './config.ts'
import { SymmetricKey } from './crypto/symmetric-keys.ts'
import { NTP_PORT, NTS_ALPN } from './messages.ts'
import { AnswerHeader } from './server/answer-header.ts'
import { ClientTable } from './server/clients.ts'
import { Exchanges } from './server/exchanges.ts'
import { ServerLog } from './server/log.ts'
import { NtsDoor } from './server/nts-door.ts'
import { readReference } from './server/reference.ts'
import { NtpServer, type ServerOptions } from './server/server.ts'

export const ntp: Service<NtpConfig> = {
  name: 'ntp',
  title: 'the time, by NTP and NTS',
  speaksFirst: 'client',
  config: ntpConfig,
  ports: ({ port, ntsPort }): readonly ServedPort[] => [
    { transport: 'udp', port },
    ...(ntsPort === undefined ? [] : [{ transport: 'tcp', port: ntsPort, tls: 'implicit', alpn: [NTS_ALPN] } as const]),
  ],
  start(io, config, world) {
    const { offsetMs, driftPpm } = config
    const clock = new HostClock({ offsetMs, driftPpm, sinceMs: io.wallMs })
    const stay = goWithWorld(io, clock, world)
    const log = new ServerLog(io)
    const { port, ntsPort } = config
    const door = ntsPort === undefined ? undefined : ntsDoor(io, port, world)
    const options = serverOptions(clock, log, config, world, door)
    const following = followServers(io, world, config, clock, options.keys)
    if (isOwn(config)) world.showClock((wallMs) => readingOf(clock, config, following, wallMs))
    return {
      listens: [
        { transport: 'udp', port, stamped: true, open: (io) => new NtpServer(io, options) },
        ...(door === undefined || ntsPort === undefined ? [] : [keyEstablishment(ntsPort, door)]),
      ],
      woke: (timer) => {
        if (following?.woke(timer) !== true) log.woke(timer)
      },
      stop() {
        stay()
        following?.stop()
        log.flush()
      },
    }
  },
}

/** Whether it is not simply the world's clock. */
function isOwn({ servers, offsetMs, driftPpm }: NtpConfig): boolean {
  return servers !== undefined || offsetMs !== 0 || driftPpm !== 0
}

function readingOf(
  clock: HostClock,
  config: NtpConfig,
  following: Following | undefined,
  wallMs: number,
): HostClockReading {
  const source = following?.source
  const { stratum } = following === undefined ? config : clock.system
  return { aheadMs: clock.aheadMs(wallMs), stratum, ...(source === undefined ? {} : { source }) }
}

function followServers(
  io: Io,
  world: WorldView,
  { servers, minPoll, maxPoll }: NtpConfig,
  clock: HostClock,
  keys: ServerOptions['keys'],
): Following | undefined {
  return servers && follow(io, world, clock, { servers, minPoll, maxPoll, keys, agree })
}

/** NTS is loaded for hosts that follow a server by it, and for nobody else. */
const agree: AgreeOnKeys = (io, server, ip, then) =>
  io.ask(import('./nts/client.ts'), ({ agreeOnKeys }) => agreeOnKeys(io, server, ip, then))

function ntsDoor(io: Io, port: number, { secret, host }: WorldView): NtsDoor {
  return new NtsDoor(io, { secret, host: host.name, ntpPort: port === NTP_PORT ? undefined : port })
}

function keyEstablishment(port: number, door: NtsDoor): StreamListen {
  return { transport: 'tcp', port, tls: 'implicit', alpn: [NTS_ALPN], accept: (io) => door.accept(io) }
}

/** The clock of a host goes with the world's when that is set, until the function that this gives is called. */
function goWithWorld(io: Io, clock: HostClock, { clock: view }: WorldView): () => void {
  let then = { nowMs: io.now, wallMs: io.wallMs, rate: view.rate }
  return view.watch(() =>
    io.ask(undefined, () => {
      clock.worldStepped(io.wallMs - then.wallMs - (io.now - then.nowMs) * then.rate)
      then = { nowMs: io.now, wallMs: io.wallMs, rate: view.rate }
    }),
  )
}

function serverOptions(
  clock: HostClock,
  log: ServerLog,
  config: NtpConfig,
  world: WorldView,
  security: NtsDoor | undefined,
): ServerOptions {
  const { servers, rateLimit, interleaved } = config
  const read = (wallMs: number) => readReference(clock, config, world.clock, wallMs)
  return {
    log,
    exchanges: new Exchanges(clock),
    rateLimit,
    interleaved,
    header: new AnswerHeader(clock, servers === undefined ? read : () => undefined),
    clients: new ClientTable(config, rateLimit?.burst ?? 0),
    keys: new Map(config.keys.map((key) => [key.id, new SymmetricKey(key)])),
    security,
  }
}

export { queryTime, timeServerAt, type QueryOptions, type TimeAnswer } from './client/index.ts'
export type { NtpConfig } from './config.ts'
export { decodeHeader, encodeHeader, referenceIdOfText, textOfReferenceId } from './codec/packet.ts'
export { decodeTrailer, encodeField, type ExtensionField, type MessageCode, type Trailer } from './codec/extension.ts'
export { msBetween, msOf, timestampOf } from './codec/timestamp.ts'
export { LEAPS, MODES, type Header, type KissCode, type Leap, type Timestamp } from './messages.ts'
