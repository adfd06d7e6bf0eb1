// Finds the worlds of this user that run, and asks them things.

import { connect } from 'node:net'
import { basename, join } from 'node:path'
import { failure, failureFrom, isFailure, type Failure } from '../core/failure.ts'
import { ageMs, removeWorldFolder, worldFolders } from '../host/runtime-folder.ts'
import { API_VERSION, isRefusal, type ClientStatus, type Refusal, type WorldStatus } from './api.ts'
import { SOCKET_NAME } from './server.ts'

const ANSWER_MAX_MS = 10_000 // a client side takes some 50 ms to make; a machine under load may take a hundred times that
const START_MAX_MS = 60_000 // a world of the most hosts that a file may have starts in a few seconds
const ANSWER_MAX_BYTES = 64 << 20 // a report of 10,000 flows is about 4 MiB of JSON

export interface RunningWorld {
  /** What tells it from others in `--world`: `default-x7Fq2a`. */
  readonly id: string
  readonly folder: string
  readonly status: WorldStatus
}

/** Every world that answers. Folders whose world has ended without tidying up are removed. */
export async function runningWorlds(uid: number): Promise<RunningWorld[]> {
  const found = await Promise.all(worldFolders(uid).map(async (folder) => ({ folder, status: await statusOf(folder) })))
  for (const { folder, status } of found) {
    if (isFailure(status) && hasEnded(folder, status.code)) removeWorldFolder(folder)
  }
  return found.flatMap(({ folder, status }) => (isFailure(status) ? [] : [{ id: basename(folder), folder, status }]))
}

/** Nobody listens on its socket any more, or it never came so far as to have one. */
function hasEnded(folder: string, code: string): boolean {
  return code === 'ECONNREFUSED' || (code === 'ENOENT' && ageMs(folder) > START_MAX_MS)
}

/** The one running world, or the one that `wanted` names by its id, name or pid. */
export async function findWorld(uid: number, wanted: string | undefined): Promise<RunningWorld | Failure> {
  const worlds = await runningWorlds(uid)
  const matching = wanted === undefined ? worlds : worlds.filter((world) => answersTo(world, wanted))
  const [first] = matching
  if (first !== undefined && matching.length === 1) return first
  const list = worlds.map((world) => `${world.id} (pid ${world.status.pid})`).join(', ')
  if (worlds.length === 0)
    return failure('ENOWORLD', 'no world is running; start one with `portolan run` or `portolan up`')
  if (first === undefined) return failure('ENOWORLD', `no running world is called ${wanted}; there is ${list}`)
  return failure('EMANYWORLDS', `more than one world is running, say which with --world: ${list}`)
}

function answersTo(world: RunningWorld, wanted: string): boolean {
  return world.id === wanted || world.status.name === wanted || String(world.status.pid) === wanted
}

export async function askClient(folder: string, host: string): Promise<ClientStatus | Failure> {
  const answer = await ask(folder, 'client', host)
  if (isFailure(answer)) return answer
  if (isRefusal(answer)) return refused(answer)
  return isClientStatus(answer) ? answer : failure('EANSWER', 'the world answered something else')
}

async function statusOf(folder: string): Promise<WorldStatus | Failure> {
  const answer = await ask(folder, 'status', '')
  if (isFailure(answer)) return answer
  return isWorldStatus(answer) ? answer : failure('EANSWER', 'made by another version')
}

function refused(answer: Refusal): Failure {
  return failure('EREFUSED', answer.refused)
}

function isWorldStatus(value: unknown): value is WorldStatus {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === API_VERSION
}

function isClientStatus(value: unknown): value is ClientStatus {
  return typeof value === 'object' && value !== null && 'pid' in value && 'host' in value
}

/** `withinMs`: how much longer than usual the answer may take. */
export function ask(folder: string, what: string, argument: string, withinMs = 0): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = connect(join(folder, SOCKET_NAME))
    let text = ''
    socket.setEncoding('utf8')
    socket.setTimeout(ANSWER_MAX_MS + withinMs, () => socket.destroy(new Error('the world does not answer')))
    socket.on('error', (error) => resolve(failureFrom(error)))
    socket.on('data', (chunk: string) => {
      text += chunk
      if (text.length > ANSWER_MAX_BYTES) socket.destroy(new Error('the answer is too long'))
    })
    socket.on('end', () => resolve(parsed(text)))
    socket.write(JSON.stringify({ ask: what, argument }) + '\n')
  })
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return failure('EANSWER', 'the answer broke off')
  }
}
