// The fields of an SFTP answer, one after another (draft-ietf-secsh-filexfer-02 §5).

export class Fields {
  readonly #body: Buffer
  #at: number

  constructor(body: Buffer, at: number) {
    this.#body = body
    this.#at = at
  }

  u32(): number {
    this.#at += 4
    return this.#body.readUInt32BE(this.#at - 4)
  }

  text(): string {
    const length = this.u32()
    this.#at += length
    return this.#body.toString('latin1', this.#at - length, this.#at)
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#body.length
  }

  /** Owner and times are the machine's own. */
  attributes(): Record<string, unknown> {
    const flags = this.u32()
    const high = flags & 1 ? this.u32() : 0
    const size = flags & 1 ? high * 2 ** 32 + this.u32() : undefined
    if (flags & 2) this.#at += 8
    const mode = flags & 4 ? this.u32().toString(8) : undefined
    const times = flags & 8 ? [this.u32(), this.u32()] : undefined
    const isFile = mode?.startsWith('100') === true
    return { flags, mode, ...(isFile ? { size } : {}), ...(times?.[1] === 1_000_000_001 ? { times } : {}) }
  }
}
