// IMAP: the service, and what tests and the SDK use of it.

import { tcpPorts, type Service } from '../../core/index.ts'
import { startLate } from '../../core/late-start.ts'
import { mailboxPolicy } from '../../shared/mailbox-policy/index.ts'
import { imapConfig, type ImapConfig } from './config.ts'

export const imap: Service<ImapConfig> = {
  name: 'imap',
  title: 'mailboxes by IMAP4rev2 and IMAP4rev1, plain with STARTTLS and with TLS',
  speaksFirst: 'server',
  config: imapConfig,
  ports: ({ port, securePort }) => tcpPorts(port, securePort),
  start(io, config, world) {
    const { port: ports, securePort: securePorts, plainLogin, channelBinding, limits, answers } = config
    return startLate(tcpPorts(ports, securePorts), async () => {
      const { startImap } = await import('./server.ts')
      return startImap(io, {
        host: world.host.name,
        policy: mailboxPolicy(world, answers),
        ports,
        securePorts,
        plainLogin,
        channelBinding,
        limits,
        secret: world.secret,
      })
    })
  },
}

export { ImapClient, type ImapAnswer, type ImapClientOptions, type ImapReady } from './client.ts'
export {
  fetchedIn,
  foundIn,
  listedIn,
  selectedIn,
  type FetchedMessage,
  type ListedMailbox,
  type SelectedMailbox,
} from './client/results.ts'
export type { ImapConfig } from './config.ts'
export type { SearchKey } from './content/search-key.ts'
export { describeCommand, describeResponse } from './describe.ts'
export type { Command, FetchItem, Response, Value } from './messages.ts'
