// Where the edits of a world's zones are kept: a file for each zone in its state folder, and one for each copy of a zone.

import { join } from 'node:path'
import type { Journal } from '../../core/journal.ts'
import type { Name } from '../../core/world-view.ts'
import { openJournal, type ClosableJournal } from '../../host/journal.ts'

/** Below a state folder. */
const ZONES_FOLDER = 'zones'
/** What the root is called there: no zone is called so. */
const ROOT = '_root'

export interface ZoneJournals {
  /** `host`: of a copy that it has of its own; left out: of the zone itself. */
  of(zone: Name, host?: Name): Journal
  close(): Promise<void>
}

/** Nothing is made before a zone is edited. */
export function zoneJournals(stateFolder: string): ZoneJournals {
  const open: ClosableJournal[] = []
  return {
    of(zone, host) {
      const file = `${zone === '' ? ROOT : zone}${host === undefined ? '' : `@${host}`}.journal`
      const journal = openJournal(join(stateFolder, ZONES_FOLDER, file))
      open.push(journal)
      return journal
    },
    close: async () => void (await Promise.all(open.map((journal) => journal.close()))),
  }
}
