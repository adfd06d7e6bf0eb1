// Patterns of names in LIST and NLST: `*`, `?`, `[a-z]`, as sh(1) has them. Never slower than name times pattern.

const SPECIAL = /[*?[]/

export function isGlob(pattern: string): boolean {
  return SPECIAL.test(pattern)
}

/** A name that begins with a dot is hit by a pattern that begins with one alone. */
export function globFits(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false
  let [at, star, starAt, to] = [0, -1, 0, 0]
  while (to < name.length) {
    const step = at < pattern.length ? stepAt(pattern, at, name[to] ?? '') : 0
    if (pattern[at] === '*') {
      star = at++
      starAt = to
    } else if (step > 0) {
      at += step
      to++
    } else if (star === -1) return false
    else {
      at = star + 1
      to = ++starAt
    }
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

/** How much of the pattern one character takes; 0: it does not fit. */
function stepAt(pattern: string, at: number, character: string): number {
  if (pattern[at] === '?') return 1
  const end = pattern[at] === '[' ? pattern.indexOf(']', at + 2) : -1
  if (end === -1) return pattern[at] === character ? 1 : 0
  const negated = pattern[at + 1] === '!' || pattern[at + 1] === '^'
  const hit = inSet(pattern.slice(at + (negated ? 2 : 1), end), character)
  return hit === negated ? 0 : end + 1 - at
}

function inSet(set: string, character: string): boolean {
  for (let at = 0; at < set.length; at++) {
    const low = set[at] ?? ''
    const isRange = set[at + 1] === '-' && at + 2 < set.length
    if (isRange && character >= low && character <= (set[at + 2] ?? '')) return true
    if (isRange) at += 2
    else if (character === low) return true
  }
  return false
}
