// Portolan in a program of your own: a private internet in this process, on free ports of loopback.
// docs/sdk.md shows how it is used; `portolan/testing` reaches a world by name, `portolan/core` is for your own services.

export type { Address, Transport } from './core/address.ts'
export type { Event } from './core/event.ts'
export type { Flow, Verdict } from './core/flow.ts'
export type { TlsInfo } from './core/io.ts'
export type { Service } from './core/service.ts'
export type { WorldEvent, WorldFlow } from './testing/happenings.ts'
export type { RunningWorld, WorldPort } from './testing/running-world.ts'
export { startWorld } from './testing/start-world.ts'
export type {
  ClockData,
  DomainData,
  FaultData,
  FirewallData,
  HostData,
  KeyData,
  MatchData,
  NameFailureData,
  NamesData,
  PortData,
  PortsData,
  RuleData,
  ServiceData,
  SigningData,
  UserData,
  WorldData,
} from './testing/world-data.ts'
export type { WorldOptions } from './testing/world-options.ts'
export { WorldError, type WorldProblem } from './testing/world-error.ts'
export type { WorldNames } from './testing/world-names.ts'
export type { MailWanted, WorldMail, WorldMailbox } from './testing/world-mail.ts'
