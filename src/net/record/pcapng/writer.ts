// A capture file as a stream of blocks to a sink. Holds nothing back but a counter.

import { decryptionSecrets, enhancedPacket, interfaceDescription, sectionHeader } from './blocks.ts'

/** Takes each block as it is made. The bytes are the sink's to keep. */
export type Sink = (bytes: Uint8Array) => void

export class PcapngWriter {
  readonly #sink: Sink
  #identification = 0

  /** Writes the file's head at once. `name` is the interface's. */
  constructor(sink: Sink, name = 'portolan') {
    this.#sink = sink
    sink(sectionHeader('Portolan'))
    sink(interfaceDescription(name))
  }

  /** The next IPv4 identification. */
  nextIdentification(): number {
    this.#identification = (this.#identification + 1) & 0xffff
    return this.#identification
  }

  /** `packet` begins with its IP header; `wallMs` may have a fraction. */
  packet(wallMs: number, packet: Uint8Array, comment?: string): void {
    this.#sink(enhancedPacket(wallMs, packet, comment))
  }

  /** One line of an NSS key log. Packets that need it must come after it. */
  secret(line: string): void {
    this.#sink(decryptionSecrets(`${line.trimEnd()}\n`))
  }
}
