// Port numbers: the registry, what each is for and who is behind it, and which service speaks where.

export { describePort, formatPort } from './describe.ts'
export { loadRegistry } from './registry.ts'
export { serviceForPort } from './service-ports.ts'
export { portsOf } from './ports-of.ts'
