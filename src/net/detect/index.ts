// Detection: what the rest of net/ uses of this folder.

export { CHOSE } from './choice.ts'
export { detectingMachine, type StreamEntry } from './detecting-machine.ts'
export { detectingDatagrams, type DatagramEntry } from './detecting-datagrams.ts'
