// A folder as a page: folders first, names escaped.

import { isFailure, type FileStat, type Folder } from '../../../core/index.ts'
import { grouped } from '../codec/text.ts'
import type { Response } from '../messages.ts'
import { escapeHtml, htmlResponse } from './html.ts'

/** Entries that a listing shows; the rest is counted. */
const ENTRIES_MAX = 1000
/** Files looked at together. */
const STATS_AT_ONCE = 16

interface Entry {
  readonly name: string
  readonly stat: FileStat
}

/** `path` ends in a slash. Undefined when the folder cannot be read. */
export async function listingResponse(folder: Folder, path: string): Promise<Response | undefined> {
  const names = await folder.list(path)
  if (isFailure(names)) return undefined
  const entries = await look(folder, path, names.slice(0, ENTRIES_MAX))
  const ordered = [...entries.filter(isFolder), ...entries.filter((entry) => !isFolder(entry))]
  const up = path === '/' ? [] : ['<tr><td><a href="../">../</a></td><td></td><td></td></tr>']
  const rows = [...up, ...ordered.map(row)]
  const more = names.length > ENTRIES_MAX ? `<p>and ${grouped(names.length - ENTRIES_MAX)} more</p>` : ''
  return htmlResponse(`Index of ${path}`, `<table>\n${rows.join('\n')}\n</table>${more}`)
}

async function look(folder: Folder, path: string, names: readonly string[]): Promise<Entry[]> {
  const entries: Entry[] = []
  for (let at = 0; at < names.length; at += STATS_AT_ONCE) {
    const some = names.slice(at, at + STATS_AT_ONCE)
    const stats = await Promise.all(some.map((name) => folder.stat(`${path}${name}`)))
    for (const [index, stat] of stats.entries()) if (!isFailure(stat)) entries.push({ name: some[index]!, stat })
  }
  return entries
}

function isFolder(entry: Entry): boolean {
  return entry.stat.kind === 'folder'
}

function row(entry: Entry): string {
  const slash = isFolder(entry) ? '/' : ''
  // `./` keeps a name with a colon from being read as a scheme (RFC 3986 §4.2).
  const href = `./${encodeURIComponent(entry.name.toWellFormed())}${slash}`
  const size = isFolder(entry) ? '' : grouped(entry.stat.size)
  const when = new Date(entry.stat.modifiedMs).toISOString().slice(0, 16).replace('T', ' ')
  return `<tr><td><a href="${escapeHtml(href)}">${escapeHtml(entry.name)}${slash}</a></td><td class="n">${size}</td><td>${when}</td></tr>`
}
