// Which commands need no login. All others get a 530 before one (RFC 959 §5.4).

import type { Verb } from '../messages.ts'

export const BEFORE_LOGIN: ReadonlySet<Verb> = new Set<Verb>([
  'ACCT',
  'AUTH',
  'CCC',
  'FEAT',
  'HELP',
  'HOST',
  'LANG',
  'NOOP',
  'OPTS',
  'PASS',
  'PBSZ',
  'PROT',
  'QUIT',
  'REIN',
  'SYST',
  'USER',
])
