// Where the users of a service have their files: a folder each of the world's own, or a named one for all.

export { openPlace } from './place.ts'
export { readOnly } from './read-only.ts'
export { placeFolders, placeSettings } from './settings.ts'
