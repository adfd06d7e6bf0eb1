// Content negotiation by Accept-Encoding (RFC 9110 §12.5.3).

export type ContentCoding = 'br' | 'zstd' | 'gzip'

/** What we prefer when the client likes several equally: the smallest results first. */
const CODINGS: readonly ContentCoding[] = ['br', 'zstd', 'gzip']

/** The coding to use; undefined: none, also when the client refuses even that. */
export function chooseCoding(acceptEncoding: string | undefined): ContentCoding | undefined {
  if (acceptEncoding === undefined || acceptEncoding === '') return undefined
  const weights = parseWeights(acceptEncoding)
  const identity = weights.get('identity') ?? 0
  let best: ContentCoding | undefined
  let bestWeight = 0
  for (const coding of CODINGS) {
    const weight =
      weights.get(coding) ?? (coding === 'gzip' ? weights.get('x-gzip') : undefined) ?? weights.get('*') ?? 0
    if (weight > bestWeight && weight >= identity) [best, bestWeight] = [coding, weight]
  }
  return best
}

/** Codings in lower case to weights from 0 to 1; what is malformed is left out. */
function parseWeights(text: string): Map<string, number> {
  const weights = new Map<string, number>()
  for (const element of text.toLowerCase().split(',')) {
    const match = /^\s*([^\s;]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/.exec(element)
    if (match !== null) weights.set(match[1]!, Math.min(1, Number(match[2] ?? 1)))
  }
  return weights
}
