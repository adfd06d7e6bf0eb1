// Cuts what a channel brings into packets (draft-ietf-secsh-filexfer-02 §3). A packet that lies in one chunk is a view of
// it; one that does not is put together once, where it will stay.

/** Bytes of one packet after its length: 256 KiB, as OpenSSH's SFTP_MAX_MSG_LENGTH. */
export const PACKET_MAX_BYTES = 256 * 1024
/** Bytes of content in one READ or WRITE: what OpenSSH's limits@openssh.com says of itself. */
export const CONTENT_MAX_BYTES = 255 * 1024
const LENGTH_BYTES = 4

export class PacketCutter {
  readonly #take: (packet: Buffer) => void
  #length = 0
  #lengthBytes = 0
  #packet: Buffer | undefined
  #filled = 0

  /** `take` may keep what it is given. */
  constructor(take: (packet: Buffer) => void) {
    this.#take = take
  }

  /** The chunk is kept by reference. A length that no packet has is returned, and nothing can follow it. */
  push(chunk: Buffer): number | undefined {
    let at = 0
    while (at < chunk.length) {
      if (this.#packet !== undefined) at = this.#fill(this.#packet, chunk, at)
      else at = this.#readLength(chunk, at)
      if (this.#lengthBytes < LENGTH_BYTES || this.#packet !== undefined) continue
      if (this.#length === 0 || this.#length > PACKET_MAX_BYTES) return this.#length
      at = this.#begin(chunk, at)
    }
    return undefined
  }

  #readLength(chunk: Buffer, from: number): number {
    let at = from
    while (this.#lengthBytes < LENGTH_BYTES && at < chunk.length) {
      this.#length = ((this.#length << 8) | chunk[at++]!) >>> 0
      this.#lengthBytes++
    }
    return at
  }

  #begin(chunk: Buffer, at: number): number {
    if (chunk.length - at < this.#length) {
      this.#packet = Buffer.allocUnsafe(this.#length)
      this.#filled = 0
      return at
    }
    const end = at + this.#length
    this.#finish(chunk.subarray(at, end))
    return end
  }

  #fill(packet: Buffer, chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + packet.length - this.#filled)
    this.#filled += chunk.copy(packet, this.#filled, at, end)
    if (this.#filled === packet.length) this.#finish(packet)
    return end
  }

  #finish(packet: Buffer): void {
    this.#packet = undefined
    this.#length = 0
    this.#lengthBytes = 0
    this.#take(packet)
  }
}
