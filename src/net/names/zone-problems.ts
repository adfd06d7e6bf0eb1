// What is wrong in the zone files of a world, before it runs.

import type { Problem } from '../../core/failure.ts'
import { openZone } from '../../zones/index.ts'
import { readZoneFile } from '../world-folder.ts'
import { PROBLEMS_SHOWN_MAX } from '../world/limits.ts'
import type { World } from '../world/model.ts'
import { zonesOf } from '../world/zones.ts'

/** Each with file, line and column in its message, as many as are shown. */
export async function zoneProblems(world: World): Promise<readonly Problem[]> {
  const found: Problem[] = []
  if (world.domains.every(({ zoneFile }) => zoneFile === undefined)) return found
  const { zoneFile: source } = await import('../../zones/zone-file.ts')
  const derived = new Map(zonesOf(world).map(({ name, records }) => [name, records]))
  for (const { name, zoneFile, records } of world.domains) {
    if (zoneFile === undefined) continue
    const file = source(zoneFile, (path) => readZoneFile(world.folder, path))
    const zone = openZone({
      apex: name,
      records,
      derived: derived.get(name) ?? [],
      file,
      problems: ({ message, path = zoneFile, line = 1, column = 1 }) => {
        if (found.length === PROBLEMS_SHOWN_MAX) return
        found.push({ path: ['domains', name, 'zone'], message: `${path}:${line}:${column}: ${message}` })
      },
    })
    void zone.current
  }
  return found
}
