// NTP: the service, and what tests and the SDK use of it.

import type { Io } from '../../core/io.ts'
import type { ServedPort, Service } from '../../core/service.ts'
import type { WorldView } from '../../core/world-view.ts'
import { follow, type Following } from './client/index.ts'
import { HostClock } from './clock.ts'
import { ntpConfig, type NtpConfig } from './config.ts'
import { SymmetricKey } from './crypto/symmetric-keys.ts'
import { AnswerHeader } from './server/answer-header.ts'
import { ClientTable } from './server/clients.ts'
import { ServerLog } from './server/log.ts'
import { readReference } from './server/reference.ts'
import { NtpServer, type ServerOptions } from './server/server.ts'

export const ntp: Service<NtpConfig> = {
  name: 'ntp',
  title: 'the time, by NTP and NTS',
  speaksFirst: 'client',
  config: ntpConfig,
  ports: ({ port }): readonly ServedPort[] => [{ transport: 'udp', port }],
  start(io, config, world) {
    const clock = hostClock(io, config, world)
    const log = new ServerLog(io)
    const options = serverOptions(clock, log, config, world)
    const following = followServers(io, world, config, options)
    return {
      listens: [{ transport: 'udp', port: config.port, open: (io) => new NtpServer(io, options) }],
      woke: (timer) => {
        if (following?.woke(timer) !== true) log.woke(timer)
      },
      stop() {
        following?.stop()
        log.flush()
      },
    }
  },
}

function followServers(
  io: Io,
  world: WorldView,
  { servers, minPoll, maxPoll }: NtpConfig,
  { clock, keys }: ServerOptions,
): Following | undefined {
  return servers && follow(io, world, clock, { servers, minPoll, maxPoll, keys })
}

/** The clock of this host; it goes with the world's when that is set. */
function hostClock(io: Io, { offsetMs, driftPpm }: NtpConfig, { clock: view }: WorldView): HostClock {
  const clock = new HostClock({ offsetMs, driftPpm, sinceMs: io.wallMs })
  let then = { nowMs: io.now, wallMs: io.wallMs, rate: view.rate }
  view.watch(() =>
    io.ask(undefined, () => {
      clock.worldStepped(io.wallMs - then.wallMs - (io.now - then.nowMs) * then.rate)
      then = { nowMs: io.now, wallMs: io.wallMs, rate: view.rate }
    }),
  )
  return clock
}

function serverOptions(clock: HostClock, log: ServerLog, config: NtpConfig, world: WorldView): ServerOptions {
  const { servers, rateLimit, interleaved } = config
  const read = (wallMs: number) => readReference(clock, config, world.clock, wallMs)
  return {
    clock,
    log,
    rateLimit,
    interleaved,
    header: new AnswerHeader(clock, servers === undefined ? read : () => undefined),
    clients: new ClientTable(clock, config, rateLimit?.burst ?? 0),
    keys: new Map(config.keys.map((key) => [key.id, new SymmetricKey(key)])),
    security: undefined,
  }
}

export type { NtpConfig } from './config.ts'
export { decodeHeader, encodeHeader, referenceIdOfText, textOfReferenceId } from './codec/packet.ts'
export { decodeTrailer, encodeField, type ExtensionField, type MessageCode, type Trailer } from './codec/extension.ts'
export { msBetween, msOf, timestampOf } from './codec/timestamp.ts'
export { LEAPS, MODES, type Header, type KissCode, type Leap, type Timestamp } from './messages.ts'
