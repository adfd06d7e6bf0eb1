// Many programs in one run: each step is a line of shell, and a test looks at how it ended and what it said.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import { portolan, RUNTIME, type PortolanOptions, type Ran } from './portolan.ts'

export interface Step {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface InsideOptions extends PortolanOptions {
  /** Words for `run`, before the program. */
  readonly words?: readonly string[]
  /** Files by name, put into the folder where the steps run. */
  readonly files?: Readonly<Record<string, string>>
  /** A world file's text. */
  readonly world?: string
  /** Puts more into the folder, beside the world file. */
  readonly site?: (folder: string) => void
  /** A program that runs the steps' shell as its own child. */
  readonly within?: readonly string[]
  /** All steps at once. */
  readonly together?: boolean
}

const place = v.object({ ip: v.string(), port: v.number() })
const said = v.object({ thing: v.object({ text: v.string(), severity: v.string() }), count: v.number() })
const names = v.array(
  v.object({
    name: v.string(),
    types: v.array(v.string()),
    answers: v.array(v.string()),
    programs: v.array(v.string()),
  }),
)

/** What a test looks at in the JSON report. */
export const reportSchema = v.object({
  version: v.literal(1),
  program: v.string(),
  names,
  unknownNames: names,
  conversations: v.array(
    v.object({
      from: v.string(),
      host: v.string(),
      port: v.number(),
      transport: v.picklist(['tcp', 'udp']),
      service: v.string(),
      flows: v.number(),
      programs: v.array(v.string()),
      said: v.array(said),
    }),
  ),
  refused: v.array(
    v.object({
      thing: v.object({
        verdict: v.string(),
        host: v.string(),
        port: v.number(),
        transport: v.string(),
        because: v.string(),
      }),
      count: v.number(),
    }),
  ),
  flows: v.array(v.object({ flow: v.object({ transport: v.string(), from: place, to: place, service: v.string() }) })),
})

export type Report = v.InferOutput<typeof reportSchema>

export interface Inside<Name extends string> {
  readonly ran: Ran
  readonly folder: string
  readonly report: Report
  step(name: Name): Step
  /** Standard output of a step that must have ended well. */
  output(name: Name): string
}

/** Runs the steps in one world. */
export async function inside<Name extends string>(
  steps: Readonly<Record<Name, string>>,
  options: InsideOptions = {},
): Promise<Inside<Name>> {
  const folder = newFolder(options.files)
  options.site?.(folder)
  const said = join(folder, '.said')
  mkdirSync(said)
  const report = join(said, 'report.json')
  writeFileSync(join(folder, 'steps.sh'), scriptOf(steps, said, options.together === true))
  const worldWords = options.world === undefined ? [] : ['--world', worldFile(folder, options.world)]
  const words = ['run', '--report', 'json', '--report-to', report, ...worldWords, ...(options.words ?? [])]
  const ran = await portolan([...words, '--', ...(options.within ?? []), 'sh', join(folder, 'steps.sh')], {
    cwd: folder,
    ...options,
  })
  assert.equal(ran.code, 0, ran.stderr)
  const step = (name: Name): Step => readStep(said, name)
  return {
    ran,
    folder,
    report: v.parse(reportSchema, JSON.parse(readFileSync(report, 'utf8'))),
    step,
    output: (name) => {
      const { code, stdout, stderr } = step(name)
      assert.equal(code, 0, `${name}: ${stderr}`)
      return stdout
    },
  }
}

/** A folder that goes when the test file ends. */
export function newFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(RUNTIME, 'steps-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

function worldFile(folder: string, text: string): string {
  const file = join(folder, 'world.yaml')
  writeFileSync(file, text)
  return file
}

function scriptOf(steps: Readonly<Record<string, string>>, said: string, together: boolean): string {
  const lines = Object.entries(steps).map(([name, line]) => {
    const at = join(said, name)
    return `{ ( ${line}\n) >${at}.out 2>${at}.err </dev/null; echo $? >${at}.code; }${together ? ' &' : ''}`
  })
  return [...lines, 'wait', 'exit 0', ''].join('\n')
}

function readStep(said: string, name: string): Step {
  const read = (end: string): string => readFileSync(join(said, `${name}.${end}`), 'utf8')
  return { code: Number(read('code')), stdout: read('out'), stderr: read('err') }
}
