// One conversation between two transport addresses, as the firewall, the recorder and the faults see it.

import type { Address, Transport } from './address.ts'

export interface Flow {
  /** Counts up from 1 within a world. */
  readonly id: number
  readonly transport: Transport
  readonly from: Address
  readonly to: Address
  /** The service that serves it: `http`, `dns`, `sink`; empty when nobody did. */
  readonly service: string
  /** World's wall clock, milliseconds. */
  readonly openedMs: number
  /** Set when one of our own services opened it: `inbound` then is what comes from `to`. */
  readonly dialed?: true
}

/** `reject` answers with a refusal (RST, ICMP), `drop` with silence. */
export type Verdict = 'allow' | 'reject' | 'drop'
