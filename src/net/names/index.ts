// The names of a running world: its zones as its hosts serve them, the keys of its transfers, its failure lab.

export { Lab, type StandingFailure } from './lab.ts'
export { openNames, type NameOptions, type WorldNames } from './names.ts'
