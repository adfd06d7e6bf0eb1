// Our resolver in a process of its own, on real sockets and over UDP alone: a world would not let it ask anybody but the world's own servers.
// Runs until SIGTERM; at SIGHUP it forgets all that it has learnt.

import { plainClock } from '../../src/core/clock.ts'
import { isConfigError, isFailure } from '../../src/core/failure.ts'
import { HostPlane } from '../../src/host/plane.ts'
import { resolver } from '../../src/protocols/resolver/index.ts'
import { lonelyWorld, OpenGate } from '../../src/sim/index.ts'

const [ip = '', port = '', root = '', rootIp = '', anchor = '', cache = ''] = process.argv.slice(2)
const config = resolver.config.parse({
  hints: { [root]: [rootIp] },
  'trust-anchors': [anchor],
  'cache-size': cache,
  'tls-port': false,
  'https-port': false,
})
if (isConfigError(config)) throw new Error(config.problems.map(({ message }) => message).join('; '))
/** A clock that was set makes a resolver forget. */
const watchers = new Set<() => void>()
const clock = { ...plainClock, watch: (then: () => void) => (watchers.add(then), () => void watchers.delete(then)) }
const plane = new HostPlane({ batchedDatagrams: true })
const gate = new OpenGate()
const io = plane.serviceIo(resolver.name, [ip], gate, (timer) => running.woke?.(timer))
const running = resolver.start(io, config, { ...lonelyWorld([ip], resolver.name), clock })
await running.load?.()
for (const listen of running.listens) {
  if (listen.transport !== 'udp') continue
  const bound = await plane.listenDatagram(listen, { at: { ip, port: Number(port) }, service: resolver.name }, gate)
  if (isFailure(bound)) throw new Error(bound.message)
}
process.on('SIGHUP', () => watchers.forEach((then) => then()))
process.once('SIGTERM', () => {
  running.stop?.()
  void plane.stop()
})
