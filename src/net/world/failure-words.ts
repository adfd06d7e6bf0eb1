// What name servers can be ordered to do wrong, by the words of the world file and the command line. Imports nothing.

export const FAILURES = [
  'servfail',
  'refused',
  'nxdomain',
  'formerr',
  'notimp',
  'silence',
  'delay',
  'truncate',
  'wrong-id',
  'wrong-question',
  'lame',
  'expired-signature',
  'poison',
  'half',
] as const
