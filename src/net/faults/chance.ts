// Seeded chance: each fault draws its own series for each flow, so that what happens to one flow does
// not depend on how the packets of others interleave.

/** Numbers in [0, 1) that are the same for the same seeds (mulberry32). */
export function chanceFrom(...seeds: readonly number[]): () => number {
  let state = seeds.reduce((hash, seed) => Math.imul(hash ^ (seed | 0), 0x9e37_79b1) ^ (hash >>> 15), 0x2545_f491)
  return () => {
    state = (state + 0x6d2b_79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
