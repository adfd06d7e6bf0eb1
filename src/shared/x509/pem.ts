// PEM (RFC 7468): base64 between BEGIN and END lines.

const LINE_CHARACTERS = 64 // RFC 7468 §2

/** Every block of that label in `text`, decoded, in order. Text around the blocks is skipped, as bundles carry comments. */
export function decodePem(text: string, label: string): readonly Uint8Array[] {
  const blocks: Uint8Array[] = []
  const begin = `-----BEGIN ${label}-----`
  const end = `-----END ${label}-----`
  let at = text.indexOf(begin)
  while (at !== -1) {
    const stop = text.indexOf(end, at)
    if (stop === -1) break
    blocks.push(Uint8Array.from(Buffer.from(text.slice(at + begin.length, stop), 'base64')))
    at = text.indexOf(begin, stop)
  }
  return blocks
}

export function encodePem(bytes: Uint8Array, label: string): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'g')) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
