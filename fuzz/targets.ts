// Every target, one line each.

import { dnsCodec } from './dns-codec.ts'
import { ednsOptions } from './dns-edns.ts'
import { dns } from './dns.ts'
import { dnssec } from './dnssec.ts'
import { ftpSessions } from './ftp.ts'
import { http1 } from './http.ts'
import { imapSessions } from './imap.ts'
import { mime } from './mime.ts'
import { ntpFields, ntpPackets, ntsRecords } from './ntp.ts'
import { pop3Sessions } from './pop3.ts'
import { resolverTarget } from './resolver.ts'
import { smtpSessions } from './smtp.ts'
import { sockets } from './sockets.ts'
import type { Target } from './target.ts'
import { worldFile } from './world-file.ts'
import { tsig } from './dns-tsig.ts'
import { zoneFile } from './dns-zone-file.ts'
import { x509 } from './x509.ts'

export const targets: readonly Target[] = [
  dns,
  dnsCodec,
  ednsOptions,
  tsig,
  zoneFile,
  dnssec,
  ftpSessions,
  http1,
  imapSessions,
  ntpPackets,
  ntpFields,
  ntsRecords,
  pop3Sessions,
  resolverTarget,
  mime,
  smtpSessions,
  worldFile,
  x509,
  sockets,
]
