// Paths in the text of a 257, both ways (RFC 959 appendix II): `"/a ""b""" is the current directory`.

export function formatQuoted(path: string): string {
  return `"${path.replaceAll('"', '""')}"`
}

/** The path that a text begins with. `undefined`: none. */
export function parseQuoted(text: string): string | undefined {
  const found = /^"((?:[^"]|"")*)"(?!")/.exec(text)
  return found?.[1]?.replaceAll('""', '"')
}
