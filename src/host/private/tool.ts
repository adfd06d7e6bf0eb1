// Runs one of the system's own programs (ip, nft, unshare) to its end.

import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, openSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { failure, type Failure } from '../../core/failure.ts'
import { isExecutable } from '../executable.ts'

const OUTPUT_MAX_BYTES = 8 << 20 // an nft set of 65,536 elements prints in about 6 MiB
/** Where tools live even when an ordinary user's PATH leaves the sbin folders out. */
const TOOL_FOLDERS = ['/usr/sbin', '/sbin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/local/bin']

/** A copy of unshare that an administrator may allow to make namespaces where the stock one may not (AppArmor). */
export const OWN_UNSHARE = '/usr/local/lib/portolan/unshare'

/** The whole path of a program, or undefined where it is not installed. */
export function findTool(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), ...TOOL_FOLDERS]
  if (name === 'unshare' && isExecutable(OWN_UNSHARE)) return OWN_UNSHARE
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

/** Standard output of a tool that was fed `input`; a `Failure` with its own words when it exits with another code than 0. */
export function runTool(name: string, args: readonly string[], input = ''): Promise<string | Failure> {
  const path = findTool(name)
  if (path === undefined) return Promise.resolve(failure('ENOENT', `${name} is not installed`))
  const stdin = input === '' ? 'ignore' : inputFile(input)
  return new Promise((resolve) => {
    const child = spawn(path, args, {
      stdio: [stdin, 'pipe', 'pipe'],
      env: { PATH: TOOL_FOLDERS.join(delimiter), LC_ALL: 'C' },
    })
    if (typeof stdin === 'number') closeSync(stdin)
    const output: Buffer[] = []
    let errors = ''
    let size = 0
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > OUTPUT_MAX_BYTES) child.kill()
      else output.push(chunk)
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      if (errors.length < 4096) errors += chunk.toString()
    })
    child.on('error', (error) => resolve(failure('ESPAWN', `${name}: ${error.message}`)))
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(output).toString())
      else resolve(failure('ETOOL', `${name} ${args.join(' ')}: ${errors.trim() || `exit code ${code}`}`))
    })
  })
}

/** An open file without a name: unlike a pipe, it is there whole before this process comes to write again. */
function inputFile(input: string): number {
  const path = join(tmpdir(), `portolan-${randomUUID()}`)
  writeFileSync(path, input, { flag: 'wx', mode: 0o600 })
  const file = openSync(path, 'r')
  unlinkSync(path)
  return file
}
