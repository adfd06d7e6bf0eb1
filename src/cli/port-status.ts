// Bindings as the control API and the tables tell them.

import type { PortStatus } from '../control/api.ts'
import { isFailure } from '../core/failure.ts'
import { formatHolder, portHolders } from '../host/port-holders.ts'
import type { Binding } from '../net/internet.ts'

/** Names who holds a port that was taken, as far as this user may know. */
export function portStatus(bindings: readonly Binding[]): Promise<PortStatus[]> {
  return Promise.all(bindings.map(statusOf))
}

async function statusOf(binding: Binding): Promise<PortStatus> {
  const { host, service, transport, known, bound } = binding
  const base = { host, address: known.ip, port: known.port, transport, service }
  const note = await noteOf(binding)
  return { ...base, ...(isFailure(bound) ? {} : { bound }), ...(note === undefined ? {} : { note }) }
}

async function noteOf({ known, transport, obstacle }: Binding): Promise<string | undefined> {
  if (obstacle?.code === 'EACCES') return 'below 1024 needs a privilege here'
  if (obstacle?.code !== 'EADDRINUSE') return obstacle?.message
  const found = await portHolders(known.port)
  const holders = found.kind === 'holders' ? found.holders : []
  const holder = holders.find((one) => one.transport === transport && covers(one.ip, known.ip))
  return holder === undefined ? 'taken' : `taken by ${formatHolder(holder)}`
}

function covers(held: string, wanted: string): boolean {
  return held === wanted || held === '::' || held === '0.0.0.0'
}
