// npm run bench: speed and memory beside the daemons that Portolan stands in for, in one run, as ratios.
// `npm run bench -- dns http` runs some groups only; `--json` prints every figure of every round.

import { styleText } from 'node:util'
import { benchDns } from './dns.ts'
import { benchFiles } from './files.ts'
import { benchHttp } from './http.ts'
import { benchMail } from './mail.ts'
import { benchMemory } from './memory.ts'
import { benchNtp } from './ntp.ts'
import { benchRun } from './run.ts'
import { benchStart } from './start.ts'
import { formatJson, formatTable, type Bench, type Row, type Skipped } from './table.ts'

const GROUPS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  dns: benchDns,
  ntp: benchNtp,
  http: benchHttp,
  mail: benchMail,
  files: benchFiles,
  start: benchStart,
  run: benchRun,
  memory: benchMemory,
}

const words = process.argv.slice(2)
const isJson = words.includes('--json')
const asked = words.filter((word) => word !== '--json')
const unknown = asked.filter((word) => GROUPS[word] === undefined)
if (unknown.length > 0) {
  console.error(`no such group: ${unknown.join(', ')}; there are ${Object.keys(GROUPS).join(', ')}`)
  process.exit(2)
}

const rows: Row[] = []
const skipped: Skipped[] = []
for (const [group, measure] of Object.entries(GROUPS)) {
  if (asked.length > 0 && !asked.includes(group)) continue
  const bench: Bench = {
    add: (row) => void rows.push({ group, ...row }),
    skip: (work, because) => void skipped.push({ group, work, because }),
    note: (work) => (contender, round) =>
      progress(`${work}: ${contender}${round < 0 ? ', warming up' : `, round ${round + 1}`}`),
  }
  try {
    await measure(bench)
  } catch (thrown) {
    bench.skip(group, `failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
    process.exitCode = 1
  }
}
progress('')
console.log(isJson ? formatJson(rows, skipped) : explained(formatTable(rows, skipped)))

/** On a terminal the last line, written over; nowhere else. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${styleText('dim', text, { stream: process.stderr })}`)
}

function explained(table: string): string {
  const how = [
    'Medians over rounds in which both sides were measured right after one another, once warm; COMPARED is the median of',
    'the rounds’ own ratios (or differences), with the lowest and the highest beside it.',
  ]
  return `${table}\n\n${how.join('\n')}`
}
