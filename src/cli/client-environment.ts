// The variables that a world gives to programs inside, left in its folder for those that come later.

import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ownPathIn, readSystemTrust, trustEnvironment } from '../host/trust/index.ts'

const NAME = 'environment.json'

/** The id of the world around a program: commands of ours that it calls speak to that one. */
export const WORLD_VARIABLE = 'PORTOLAN_WORLD'

/** Proxies of the outside: there is no way to them from inside, and programs would ask them for everything. */
const PROXIES = new Set([
  'http_proxy',
  'https_proxy',
  'ftp_proxy',
  'all_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'FTP_PROXY',
  'ALL_PROXY',
])

/** `environment` as a program inside gets it: `given` added, proxies left out. */
function environmentInside(environment: NodeJS.ProcessEnv, given: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !PROXIES.has(name))
  return { ...Object.fromEntries(kept), ...given }
}

/** The environment of a first program inside; what the world adds is left in `folder`. */
export function makeClientEnvironment(folder: string): NodeJS.ProcessEnv {
  const system = readSystemTrust()
  const [bundle = ''] = system.bundlePaths
  const variables = trustEnvironment(bundle, ownPathIn(system)).map(({ name, value }) => [name, value] as const)
  const given = { ...Object.fromEntries(variables), [WORLD_VARIABLE]: basename(folder) }
  writeFileSync(join(folder, NAME), JSON.stringify(given))
  return environmentInside(process.env, given)
}

/** What the world in `folder` gives to programs inside. */
export function readWorldVariables(folder: string): Readonly<Record<string, string>> {
  const given: unknown = JSON.parse(readFileSync(join(folder, NAME), 'utf8'))
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : []
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}

/** This process's environment with that of the world's clients over it. */
export function readClientEnvironment(folder: string): NodeJS.ProcessEnv {
  return environmentInside(process.env, readWorldVariables(folder))
}
