// Link faults: what the rest of net/ uses of this folder.

export { faultLayers } from './layers.ts'
