// Every service that a world can run, one line each. The order is the order of detection.

import type { Service } from './core/service.ts'
import { dns } from './protocols/dns/index.ts'
import { ftp } from './protocols/ftp/index.ts'
import { http } from './protocols/http/index.ts'
import { imap } from './protocols/imap/index.ts'
import { ntp } from './protocols/ntp/index.ts'
import { pop3 } from './protocols/pop3/index.ts'
import { resolver } from './protocols/resolver/index.ts'
import { sink } from './protocols/sink/index.ts'
import { smtp } from './protocols/smtp/index.ts'
import { ssh } from './protocols/ssh/index.ts'

export const services: readonly Service[] = [http, dns, smtp, imap, pop3, ftp, ssh, ntp, resolver, sink]
