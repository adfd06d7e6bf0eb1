// Services for the tests of this folder and of its neighbours: they have names, settings and ports, and serve nothing.

import * as v from 'valibot'
import { configFrom } from '../../core/config.ts'
import type { NamedFolder, ServedPort, Service } from '../../core/service.ts'

function toy<Config>(
  name: string,
  schema: v.GenericSchema<unknown, Config>,
  ports: (config: Config) => ServedPort[],
  folders?: (config: Config) => NamedFolder[],
): Service<Config> {
  return {
    name,
    title: `a toy ${name}`,
    speaksFirst: 'client',
    config: configFrom(schema),
    ports,
    ...(folders && { folders }),
    start: () => ({ listens: [] }),
  }
}

const http = toy(
  'http',
  v.strictObject({ port: v.optional(v.pipe(v.number(), v.minValue(1))), site: v.optional(v.string()) }),
  ({ port }) =>
    port === undefined
      ? [
          { transport: 'tcp', port: 80 },
          { transport: 'tcp', port: 443, tls: 'implicit', alpn: ['h2', 'http/1.1'] },
        ]
      : [{ transport: 'tcp', port }],
  ({ site }) => (site === undefined ? [] : [{ path: ['site'], folder: site }]),
)
const dns = toy('dns', v.strictObject({}), () => [
  { transport: 'udp', port: 53 },
  { transport: 'tcp', port: 53 },
])
const resolver = toy('resolver', v.strictObject({}), () => [
  { transport: 'udp', port: 53 },
  { transport: 'tcp', port: 53 },
])
const ntp = toy('ntp', v.strictObject({ servers: v.optional(v.array(v.string())) }), () => [
  { transport: 'udp', port: 123 },
])
const smtp = toy('smtp', v.strictObject({}), () => [{ transport: 'tcp', port: 25 }])

const imap = toy('imap', v.strictObject({}), () => [{ transport: 'tcp', port: 143 }])
const pop3 = toy('pop3', v.strictObject({}), () => [{ transport: 'tcp', port: 110 }])

const ftp = toy('ftp', v.strictObject({}), () => [{ transport: 'tcp', port: 21 }])
const ssh = toy('ssh', v.strictObject({}), () => [{ transport: 'tcp', port: 22 }])

export const TOY_SERVICES: readonly Service[] = [dns, resolver, ntp, http, smtp, imap, pop3, ftp, ssh]
