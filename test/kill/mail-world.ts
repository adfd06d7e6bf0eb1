// A world with two mail hosts on a state folder, in a process of its own that gets killed: `node mail-world FOLDER`. Says where
// it listens and which mails may arrive once more, a line of JSON each; with `drain` behind FOLDER it ends when both queues
// are empty.

import { writeSync } from 'node:fs'
import { isConfigError, isFailure } from '../../src/core/failure.ts'
import { assembleOnLoopback } from '../../src/net/host-world.ts'
import { freePlacement } from '../../src/net/loopback.ts'
import { withImpliedHosts } from '../../src/net/implied-hosts.ts'
import { resolveWorld } from '../../src/net/world/index.ts'
import { dns } from '../../src/protocols/dns/index.ts'
import { resolver } from '../../src/protocols/resolver/index.ts'
import { smtp } from '../../src/protocols/smtp/index.ts'
import { formatSaying, HARBOR, ISLAND, WORLD, type Saying } from './said.ts'

/** Between two looks at the queues. */
const LOOK_MS = 20

const [folder, drain] = process.argv.slice(2)
if (folder === undefined) throw new Error('no state folder')

function say(saying: Saying): void {
  writeSync(1, formatSaying(saying))
}

const services = [dns, resolver, smtp]
const resolved = resolveWorld(WORLD, { services, folder, folderExists: () => true })
if (isConfigError(resolved)) throw new Error(resolved.problems.map(({ message }) => message).join('; '))
const assembly = await assembleOnLoopback({
  world: withImpliedHosts(resolved, services),
  services,
  placement: freePlacement(),
  stateFolder: folder,
  overhear: (_flow, _service, event) => {
    if (event.kind === 'smtp.relay.uncertain') say({ kind: 'uncertain', messageId: String(event.detail?.['mail']) })
  },
})
if (isFailure(assembly)) throw new Error(assembly.message)
const internet = await assembly.start()
const bound = internet.bindings.find(
  ({ host, known }) => host === HARBOR && known.port === 25 && !known.ip.includes(':'),
)
if (bound === undefined || isFailure(bound.bound)) throw new Error('no port for mail')
say({ kind: 'ready', ...bound.bound })

const queues = [HARBOR, ISLAND].map((host) => assembly.post.queue(host))
const timer = setInterval(() => {
  if (drain === undefined || queues.some((queue) => queue.list().length > 0)) return
  clearInterval(timer)
  void internet.stop()
}, LOOK_MS)
