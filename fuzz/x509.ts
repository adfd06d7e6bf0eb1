// Broken certificates against the reader of DER and X.509, and of the PEM around them. The samples have new keys in each
// run, so that a seed alone does not bring an input back: its bytes do.

import { createAuthority } from '../src/net/authority/index.ts'
import { decodeCertificate, decodePem, encodePem } from '../src/shared/x509/index.ts'
import { Mutations } from './mutations.ts'
import type { Target } from './target.ts'

export const x509: Target = {
  name: 'x509',
  about: 'certificates against the readers of DER and PEM',
  start(seed) {
    const words = [
      '\x30\x80',
      '\x30\x84\xff\xff\xff\xff',
      '\x02\x00',
      '\x06\x01\x80',
      '\x17\x0d',
      '\xa3\x02',
      '\x1f\xff',
      '\0\0',
    ]
    const mutations = new Mutations({ samples: samples(), words }, seed)
    return { next: () => mutations.next(), attempt }
  },
}

function samples(): string[] {
  const limits = { names: ['harbor.test'], ranges: ['192.0.2.0/24', '2001:db8::/32'], catchAll: false }
  const authority = createAuthority({ ...limits, wallMs: () => Date.now() })
  const end = authority.identity(['www.harbor.test', '192.0.2.1', '2001:db8::1'])
  return [authority.certificatePem, end.certificatePem]
    .flatMap((pem) => decodePem(pem, 'CERTIFICATE'))
    .map((der) => Buffer.from(der).toString('latin1'))
}

function attempt(bytes: Uint8Array): void {
  const read = decodeCertificate(bytes)
  if (read !== undefined && read.der.length > bytes.length) throw new Error('a certificate longer than its bytes')
  decodePem(Buffer.from(bytes).toString('latin1'), 'CERTIFICATE')
  const [again] = decodePem(encodePem(bytes, 'CERTIFICATE'), 'CERTIFICATE')
  if (again === undefined || Buffer.compare(again, bytes) !== 0) throw new Error('PEM that reads back otherwise')
}
