// Checksums and base64.

import { createHash } from 'node:crypto'
import { isFailure } from '../../../../core/failure.ts'
import type { Input } from '../run/input.ts'
import type { Call } from '../run/shell.ts'
import { complain, eachInput, openInput } from './operands.ts'
import { readOptions } from './options.ts'

const BASE64_MAX_BYTES = 64 << 20
const CHECKS_MAX_BYTES = 1 << 20

export const md5sum = (call: Call): Promise<number> => checksum(call, 'md5')
export const sha1sum = (call: Call): Promise<number> => checksum(call, 'sha1')
export const sha256sum = (call: Call): Promise<number> => checksum(call, 'sha256')
export const sha512sum = (call: Call): Promise<number> => checksum(call, 'sha512')

async function checksum(call: Call, algorithm: string): Promise<number> {
  const options = readOptions(call, {
    letters: 'bctq',
    long: { binary: 'b', check: 'c', text: 't', quiet: 'q', status: 'q' },
  })
  if (typeof options === 'number') return options
  if (options.flags.has('c')) return checkAll(call, options.operands, algorithm)
  return eachInput(call, options.operands, async (input, name) => {
    const sum = await digest(input, algorithm)
    if (input.problem === undefined) call.stdout.print(`${sum} ${options.flags.has('b') ? '*' : ' '}${name}\n`)
  })
}

async function digest(input: Input, algorithm: string): Promise<string> {
  const hash = createHash(algorithm)
  for (let chunk = await input.chunk(); chunk !== undefined; chunk = await input.chunk()) hash.update(chunk)
  return hash.digest('hex')
}

async function checkAll(call: Call, operands: readonly string[], algorithm: string): Promise<number> {
  let failed = 0
  const status = await eachInput(call, operands, async (list) => {
    const text = Buffer.from(await list.all(CHECKS_MAX_BYTES)).toString()
    for (const line of text.split('\n')) {
      const [, sum, name] = /^([0-9a-f]+) [ *](.+)$/.exec(line) ?? []
      if (sum === undefined || name === undefined) continue
      const input = await openInput(call, name)
      if (isFailure(input)) complain(call, name, input)
      const same = !isFailure(input) && (await digest(input, algorithm)) === sum
      if (!isFailure(input)) input.close()
      call.stdout.print(`${name}: ${same ? 'OK' : isFailure(input) ? 'FAILED open or read' : 'FAILED'}\n`)
      failed += same ? 0 : 1
    }
  })
  if (failed > 0)
    call.stderr.print(`${call.name}: WARNING: ${failed} computed checksum${failed === 1 ? '' : 's'} did NOT match\n`)
  return failed > 0 ? 1 : status
}

export async function base64(call: Call): Promise<number> {
  const options = readOptions(call, { letters: 'diw:', long: { decode: 'd', 'ignore-garbage': 'i', wrap: 'w' } })
  if (typeof options === 'number') return options
  const width = Number(options.values.get('w') ?? '76')
  let wrong = false
  const status = await eachInput(call, options.operands, async (input) => {
    const bytes = Buffer.from(await input.all(BASE64_MAX_BYTES))
    if (!options.flags.has('d')) return printWrapped(call, bytes.toString('base64'), width)
    const text = bytes.toString('latin1').replace(/\s/g, '')
    wrong = !options.flags.has('i') && !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
    call.stdout.write(Buffer.from(text, 'base64'))
  })
  if (wrong) call.stderr.print('base64: invalid input\n')
  return wrong ? 1 : status
}

async function printWrapped({ stdout }: Call, text: string, width: number): Promise<void> {
  if (!(width > 0)) return stdout.print(text)
  for (let at = 0; at < text.length; at += width) {
    stdout.print(`${text.slice(at, at + width)}\n`)
    if (stdout.full && !(await stdout.flush())) return
  }
}
