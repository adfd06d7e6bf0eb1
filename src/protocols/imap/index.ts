// IMAP: the service, and what tests and the SDK use of it.

import type { Service } from '../../core/index.ts'
import { imapConfig, type ImapConfig } from './config.ts'
import { worldPolicy } from './policy.ts'
import { servedPorts, startImap } from './server.ts'

export const imap: Service<ImapConfig> = {
  name: 'imap',
  title: 'mailboxes by IMAP4rev2 and IMAP4rev1, plain with STARTTLS and with TLS',
  speaksFirst: 'server',
  config: imapConfig,
  ports: ({ port, securePort }) => servedPorts(port, securePort),
  start(io, { port: ports, securePort: securePorts, plainLogin, limits, answers }, world) {
    return startImap(io, {
      host: world.host.name,
      policy: worldPolicy(world, answers),
      ports,
      securePorts,
      plainLogin,
      limits,
      secret: world.secret,
    })
  },
}

export type { ImapConfig } from './config.ts'
export type { Command, Response } from './messages.ts'
