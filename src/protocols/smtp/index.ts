// SMTP: the service, and what tests and the SDK use of it.

import type { Service, WorldView } from '../../core/index.ts'
import { dkimKeyPair, type DkimKeyPair } from '../../shared/dkim/index.ts'
import { Authenticator, signDkim } from './authentication/index.ts'
import { answersOf, smtpConfig, type SmtpConfig } from './config.ts'
import { reportFor, startRelay } from './relay/index.ts'
import { servedPorts, startSmtp } from './server.ts'
import type { Sign } from './server/intake.ts'
import { WorldPolicy } from './world-policy.ts'

export const smtp: Service<SmtpConfig> = {
  name: 'smtp',
  title: 'mail between servers and from users, relayed by the names of the world',
  speaksFirst: 'server',
  config: smtpConfig,
  ports: servedPorts,
  start(io, config, world) {
    const { aliases, anySender } = config
    const policy = new WorldPolicy(world, { aliases, anySender, answers: answersOf(config) })
    const reporter = { io, world, accountFor: (address: string) => policy.accountFor(address) }
    const server = startSmtp(io, {
      ...config,
      policy,
      host: world.host.name,
      addresses: world.host.addresses,
      post: world.post,
      secret: world.secret,
      authenticator: config.authenticate === 'off' ? undefined : new Authenticator(io, world),
      enforce: config.authenticate === 'enforce',
      sign: config.sign ? signerOf(world) : undefined,
      report: (mail, recipients) => reportFor(reporter, 'delivered', mail, recipients),
    })
    const relay = startRelay(io, world, { ...reporter, settings: config.relay })
    return {
      listens: server.listens,
      woke(timer) {
        server.woke?.(timer)
        relay.woke(timer)
      },
      stop: () => relay.stop(),
    }
  },
}

/** Signs for the domains whose mail ends at this host: their key is the one that the world publishes. */
function signerOf(world: WorldView): Sign {
  const keys = new Map<string, DkimKeyPair>()
  return (content, domain, wallMs) => {
    if (!world.takesMailFor(domain)) return undefined
    const key = keys.get(domain) ?? dkimKeyPair(world.secret, domain)
    keys.set(domain, key)
    return signDkim(content, { domain, selector: key.selector, key: key.privateKey, wallMs })
  }
}

export {
  SmtpClient,
  type Outcome,
  type OutgoingMail,
  type SmtpClientOptions,
  type SmtpExchange,
} from './client/index.ts'
export type { SmtpConfig } from './config.ts'
export { describeCommand, describeReply } from './describe.ts'
export type { Command, Mailbox, Reply } from './messages.ts'
export type { Destination, Facts, Phase, Role, SmtpPolicy } from './policy.ts'
export { startSmtp, type SmtpServerOptions } from './server.ts'
