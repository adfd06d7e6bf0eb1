// Mail on its way to other hosts.

export { relaySettings, type RelaySettings } from './settings.ts'
