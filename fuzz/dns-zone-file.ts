// Broken zone files: what they give must be written and read back the same, and problems must have their place.

import { failure } from '../src/core/failure.ts'
import { PROBLEMS_MAX } from '../src/shared/dns/zone-file/reader.ts'
import { readRecords } from '../src/shared/dns/zone-file/records.ts'
import { formatZoneFile } from '../src/shared/dns/zone-file/writer.ts'
import { Mutations, type Grammar } from './mutations.ts'
import type { Run, Target } from './target.ts'

const GRAMMAR: Grammar = {
  samples: [
    '$ORIGIN harbor.test.\n$TTL 1h\n@ SOA ns host ( 1 ; serial\n 2h 3 4 5 )\n NS ns\nns A 192.0.2.1\n AAAA 2001:db8::1\n',
    'w 300 IN MX 10 mail\n TXT "v=spf1 -all" plain\nx CNAME w.harbor.test.\n\ty DNAME z\n',
    'a.\\046b\\.c A 1.2.3.4\n_s._tcp SRV 1 2 3 s\nh HTTPS 1 . alpn="h2,h3" port=443\nc CAA 0 issue "ca"\n',
    '$GENERATE 1-3/2 h${0,3,d} A 10.0.0.$\n$INCLUDE more sub\nu TYPE9999 \\# 3 01 0203\n',
    'd DS 1 13 2 AABB\nd RRSIG DS 13 2 300 20300101000000 20290101000000 1 @ QUJD\nl LOC 1 N 2 E 3m\nn NSEC a A NS\n',
  ],
  words: [
    '(',
    ')',
    '"',
    ';',
    '\\',
    '\n',
    '@',
    '.',
    '$',
    '\\#',
    '\\200',
    '  ',
    '\t',
    '\r\n',
    'IN',
    'CH',
    '1w',
    '::',
    '$TTL',
    '=',
  ],
}
const MORE = Buffer.from('i A 1.2.3.4\n$INCLUDE more\n')

export const zoneFile: Target = {
  name: 'zone',
  about: 'zone files',
  start(seed): Run {
    const mutations = new Mutations(GRAMMAR, seed)
    return { next: () => mutations.next(), attempt }
  },
}

const include = (path: string) => (path === 'more' ? MORE : failure('ENOENT', 'no such file'))
const OPTIONS = { origin: 'harbor.test', path: 'zone', ttlSeconds: 60, include }

function attempt(bytes: Uint8Array): void {
  const { records, problems } = readRecords(bytes, OPTIONS)
  if (problems.length > PROBLEMS_MAX) throw new Error('more problems than there may be')
  if (problems.some(({ line, column }) => !(line > 0 && column > 0))) throw new Error('a problem without a place')
  const written = [...formatZoneFile(records)].join('')
  const again = readRecords(Buffer.from(written, 'latin1'), OPTIONS)
  const rewritten = [...formatZoneFile(again.records)].join('')
  if (again.problems.length > 0 || rewritten !== written) throw new Error('records that read back otherwise')
}
