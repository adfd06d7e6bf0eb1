// What the writer of files writes, and the test looks for.

export const FILES = 4
export const FILE_BYTES = 256 * 1024
export const LETTERS = 'abcdefgh'
