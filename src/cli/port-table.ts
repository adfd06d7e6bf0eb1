// The table of hosts, ports and services, as `up` and `ls` print it.

import type { PortStatus } from '../control/api.ts'
import { table } from './output.ts'

/** One row a host, service and place: ports of both transports and of several addresses stand together. */
export function portTable(ports: readonly PortStatus[]): string {
  const rows = new Map<string, { cells: string[]; transports: Set<string>; addresses: Set<string> }>()
  for (const port of ports) {
    const key = [port.host, port.service, port.port, port.bound?.port, port.note].join(' ')
    const row = rows.get(key) ?? {
      cells: [port.host, String(port.port), port.service, whereOf(port), port.note ?? ''],
      transports: new Set(),
      addresses: new Set(),
    }
    row.transports.add(port.transport)
    row.addresses.add(port.bound?.ip ?? port.address)
    rows.set(key, row)
  }
  const lines = [...rows.values()].map(
    ({ cells: [host = '', port = '', service = '', where = '', note = ''], transports, addresses }) => [
      host,
      [...addresses].join(' '),
      `${port}/${[...transports].join('+')}`,
      service,
      [where, note].filter((part) => part !== '').join('  '),
    ],
  )
  return table(['HOST', 'ADDRESS', 'PORT', 'SERVICE', 'AT'], lines)
}

function whereOf(port: PortStatus): string {
  if (port.bound === undefined) return 'not bound'
  return port.bound.port === port.port ? 'the port itself' : `mapped to ${port.bound.port}`
}
