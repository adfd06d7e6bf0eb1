// Port numbers: the registry, what each is for and who is behind it, and which service speaks where.

export {
  describePort,
  formatPort,
  type HoldersOf,
  type PortDescription,
  type PortResult,
  type PortServer,
} from './describe.ts'
export { loadRegistry, rangeOf, type Assignment, type Range, type Registry } from './registry.ts'
export { serviceForPort, type PortService } from './service-ports.ts'
export { portsOf } from './ports-of.ts'
