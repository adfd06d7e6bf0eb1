// The contract in memory: a plane, its peers, and a gate that writes down what it hears.

export * from './gatekeeper.ts'
export { MemoryTree, type MemoryTreeOptions } from './memory-tree.ts'
export * from './peer.ts'
export { SimPlane, type SimConnect, type SimOptions } from './plane.ts'
export { SeededRandom } from './seeded.ts'
export * from './serve.ts'
