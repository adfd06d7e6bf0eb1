// Detection: what the rest of net/ uses of this folder.

export { detectingMachine, type DetectOptions, type KnownStream, type StreamEntry } from './detecting-machine.ts'
export { detectingDatagrams, type DatagramEntry, type DetectDatagramOptions } from './detecting-datagrams.ts'
export { looksLikeTls } from './choice.ts'
