// POP3: the service, and what tests and the SDK use of it.

import { tcpPorts, type Service } from '../../core/index.ts'
import { mailboxPolicy } from '../../shared/mailbox-policy/index.ts'
import { pop3Config, type Pop3Config } from './config.ts'
import { startPop3 } from './server.ts'

export const pop3: Service<Pop3Config> = {
  name: 'pop3',
  title: 'mailboxes read by POP3, plain with STLS and with TLS',
  speaksFirst: 'server',
  config: pop3Config,
  ports: ({ port, securePort }) => tcpPorts(port, securePort),
  start(io, { port: ports, securePort: securePorts, plainLogin, channelBinding, limits, answers }, world) {
    return startPop3(io, {
      host: world.host.name,
      policy: mailboxPolicy(world, answers),
      ports,
      securePorts,
      plainLogin,
      channelBinding,
      limits,
      secret: world.secret,
    })
  },
}

export { Pop3Client, type Pop3Answer, type Pop3ClientOptions, type Pop3Ready } from './client.ts'
export type { Pop3Config } from './config.ts'
export { describeCommand, describeReply } from './describe.ts'
export type { Command, Reply, ResponseCode } from './messages.ts'
export type { Phase, Pop3Policy } from './policy.ts'
export { startPop3, type Pop3ServerOptions } from './server.ts'
