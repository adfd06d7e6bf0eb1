// SSH's own ways to write things down (RFC 4251 §5).

/** A string: its length in 4 bytes, then its bytes. Text is taken as UTF-8. */
export function sshString(content: string | Uint8Array): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
  const head = Buffer.alloc(4)
  head.writeUInt32BE(bytes.length)
  return Buffer.concat([head, bytes])
}

/** A positive whole number from its bytes, most significant first: no needless zeros, and one where it would look negative. */
export function sshMpint(bytes: Uint8Array): Buffer {
  let from = 0
  while (from < bytes.length && bytes[from] === 0) from++
  const digits = bytes.subarray(from)
  return sshString((digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits)
}

/** Strings one after another. */
export function sshBlob(...parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(parts.map((part) => sshString(part)))
}
