// Patterns with stars, whatever their letters are. It goes back to the last star only, so that its time is bounded by pattern
// times text: peers write both.

/** What stands for any characters, or what a character must be. */
export type Piece = 'star' | ((character: string) => boolean)

export function oneCharacter(wanted: string): Piece {
  return (character) => character === wanted
}

/** What a letter of a pattern means: `*`, `?`, or itself. */
export function pieceOf(letter: string): Piece {
  if (letter === '*') return 'star'
  return letter === '?' ? () => true : oneCharacter(letter)
}

/** Whether the pieces fit all of the text. */
export function piecesFit(pieces: readonly Piece[], text: string): boolean {
  const characters = [...text]
  let [at, to, star, from] = [0, 0, -1, 0]
  while (to < characters.length) {
    const piece = pieces[at]
    if (piece === 'star') {
      star = at++
      from = to
    } else if (piece?.(characters[to] ?? '') === true) {
      at++
      to++
    } else if (star === -1) return false
    else {
      at = star + 1
      to = ++from
    }
  }
  while (pieces[at] === 'star') at++
  return at === pieces.length
}
