// The names of a running world: its zones as its hosts serve them, the keys of its transfers, its failure lab.

export { nameCalls, type NameCallsOptions } from './calls.ts'
export { Lab } from './lab.ts'
export { openNames, type WorldNames } from './names.ts'
export type * from './view.ts'
