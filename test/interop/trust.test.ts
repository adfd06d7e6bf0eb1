// Stock programs inside a run trust the world's names, and nothing else that its authority might sign. docs/trust.md tells of it.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createAuthority } from '../../src/net/authority/index.ts'
import { inside, newFolder, type Inside } from './inside.ts'
import { skipWithout } from './portolan.ts'

const CLIENTS = join(import.meta.dirname, 'clients')
const NODE = process.execPath
/** On the programs' own loopback: a name that the authority may not certify, and one that is not the server's. */
const PORTS = { beyond: 8443, misnamed: 8444 } as const
const PNG_MAGIC = Buffer.from('89504e470d0a1a0a', 'hex')
const SCREENSHOT_MIN_BYTES = 5000 // an empty page of this size has some 3,000

const WORLD = `
domains:
  shop.test: { records: ['astray A 192.0.2.2'] }
hosts:
  ns.shop.test: dns
  www.shop.test: http
  git.shop.test: [{ http: { site: ./site } }]
  laptop: { client: true }
`

const URLS = {
  right: 'https://www.shop.test/',
  address: 'https://192.0.2.2/',
  astray: 'https://astray.shop.test/',
  beyond: `https://localhost:${PORTS.beyond}/`,
  misnamed: `https://localhost:${PORTS.misnamed}/`,
} as const
type Place = keyof typeof URLS

/** What each program must meet at each place. */
const MEETS: Readonly<Record<Place, 'page' | 'refused'>> = {
  right: 'page',
  address: 'page',
  astray: 'refused',
  beyond: 'refused',
  misnamed: 'refused',
}

/** For programs that are slow to start, or take a name apart from an address. */
const BY_NAME = ['right', 'astray', 'beyond', 'misnamed'] as const

/** One line for all places; each prints the place's URL with its page's title, or `refused`. */
const PROGRAMS = {
  curl: each('curl -sSf -m 20 "$url"'),
  wget: each('wget -q -T 20 -t 1 -O - "$url"'),
  openssl: each(
    'openssl s_client -brief -verify_return_error -verify_hostname "$host" -servername "$host" -connect "$host:$port"',
    BY_NAME,
    '<title>',
  ),
  python: `/usr/bin/python3 ${CLIENTS}/fetch.py ${all()}`,
  node: `${NODE} ${CLIENTS}/fetch.mjs ${all()}`,
  java: `java ${CLIENTS}/Fetch.java ${all()} || true`,
  go: `GOCACHE=$PWD/go GOPATH=$PWD/gopath GO111MODULE=off GOFLAGS= go run ${CLIENTS}/fetch.go ${all()}`,
  chromium: each(`${chromium()} --dump-dom "$url"`, BY_NAME),
} as const
type Program = keyof typeof PROGRAMS

const TOOL: Readonly<Record<Program, string>> = {
  curl: 'curl',
  wget: 'wget',
  openssl: 'openssl',
  python: 'python3',
  node: 'sh',
  java: 'java',
  go: 'go',
  chromium: 'chromium',
}

/** Seen, and written down in docs/trust.md: what a program does not check. */
const BLIND: Partial<Record<Program, readonly Place[]>> = { java: ['beyond'] }

test('who trusts the world', { skip: skipWithout() }, async (t) => {
  const there = Object.entries(PROGRAMS).filter(([program]) => skipWithout(toolOf(program)) === false)
  const world = await runAll({ ...Object.fromEntries(there), ...EXTRA })

  for (const program of Object.keys(PROGRAMS)) {
    await t.test(program, { skip: skipWithout(toolOf(program)) }, () => {
      const { stdout, stderr } = world.step(program)
      assert.deepEqual(outcomes(stdout), expectedOf(program), `${stdout}${stderr}`)
    })
  }
  await t.test('git clones a repository that the world serves', { skip: skipWithout('git') }, () => {
    const { code, stdout, stderr } = world.step('git')
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^ahoy$/m)
    assert.match(stdout, /^astray 128$/m)
    assert.match(stdout, /^beyond 128$/m)
  })
  await t.test('Chromium takes a screenshot of the page', { skip: skipWithout('chromium') }, () => {
    assert.equal(world.step('screenshot').code, 0, world.step('screenshot').stderr)
    const picture = readFileSync(join(world.folder, 'page.png'))
    assert.ok(picture.subarray(0, PNG_MAGIC.length).equals(PNG_MAGIC))
    assert.ok(picture.length > SCREENSHOT_MIN_BYTES, `${picture.length} bytes`)
  })
})

const EXTRA = {
  git: `git clone -q https://git.shop.test/app.git app && cat app/hail
    for place in astray beyond; do
      case $place in astray) url=${URLS.astray};; *) url=${URLS.beyond};; esac
      git clone -q "$url/app.git" no-$place; echo "$place $?"
    done`,
  screenshot: `${chromium()} --window-size=800,600 --screenshot=page.png ${URLS.right}`,
} as const

async function runAll(steps: Readonly<Record<string, string>>): Promise<Inside<string>> {
  const state = newFolder()
  const tls = newFolder({ 'ports.json': JSON.stringify(PORTS) })
  const authority = createAuthority({
    names: ['shop.test', 'laptop', 'resolver', 'root', 'registry'],
    ranges: ['192.0.2.0/24', '2001:db8::/32', '203.0.113.0/24'],
    catchAll: false,
    wallMs: Date.now,
    stateFolder: state,
  })
  const rogue = (name: keyof typeof PORTS, subject: string): void => {
    const { keyPem, certificatePem } = authority.identity([subject])
    writeFileSync(join(tls, `${name}.pem`), `${keyPem}${certificatePem}`)
  }
  rogue('beyond', 'localhost')
  rogue('misnamed', 'www.shop.test')
  const world = await inside(steps, {
    world: WORLD,
    site: makeRepository,
    words: ['--state', state],
    within: [NODE, join(CLIENTS, 'with-tls.mjs'), tls],
    together: true,
  })
  assert.equal(readFileSync(join(state, 'authority.pem'), 'utf8'), authority.certificatePem, 'the world took another')
  return world
}

/** A bare repository as plain files: what git's dumb HTTP protocol needs. */
function makeRepository(folder: string): void {
  const work = join(folder, 'work')
  const bare = join(folder, 'site', 'app.git')
  mkdirSync(work)
  writeFileSync(join(work, 'hail'), 'ahoy\n')
  const author = ['-c', 'user.name=Alice', '-c', 'user.email=alice@shop.test']
  git(work, 'init', '-q', '-b', 'main')
  git(work, 'add', 'hail')
  git(work, ...author, 'commit', '-q', '-m', 'hail')
  git(folder, 'clone', '-q', '--bare', work, bare)
  git(bare, 'update-server-info')
}

function git(cwd: string, ...words: readonly string[]): void {
  const env = { PATH: process.env['PATH'], HOME: cwd, GIT_CONFIG_NOSYSTEM: '1' }
  const result = spawnSync('git', words, { cwd, encoding: 'utf8', env })
  assert.ok(result.error !== undefined || result.status === 0, result.stderr)
}

function each(
  line: string,
  places: readonly Place[] = ['right', 'address', 'astray', 'beyond', 'misnamed'],
  page = '',
): string {
  const urls = places.map((place) => URLS[place]).join(' ')
  const shown = page === '' ? '' : `&& page='${page}'`
  return `for url in ${urls}; do
    host=\${url#https://}; host=\${host%/}; port=\${host#*:}; host=\${host%:*}; [ "$port" != "$host" ] || port=443
    page=$(${line} </dev/null) ${shown}
    case $page in *'<title>'*) echo "$url page" ;; *) echo "$url refused" ;; esac
  done`
}

function all(): string {
  return Object.values(URLS).join(' ')
}

/** As root Chromium refuses its sandbox; a profile of its own keeps the user's out of the way. */
function chromium(): string {
  return 'chromium --headless --no-sandbox --disable-gpu --user-data-dir="$(mktemp -d -p "$PWD")"'
}

function toolOf(program: string): string {
  return Object.entries(TOOL).find(([name]) => name === program)?.[1] ?? program
}

function outcomes(stdout: string): Record<string, string> {
  const places = Object.entries(URLS).flatMap(([place, url]) => {
    const line = stdout.split('\n').find((one) => one.startsWith(`${url} `))
    return line === undefined ? [] : [[place, line.includes(' refused') ? 'refused' : 'page']]
  })
  return Object.fromEntries(places)
}

function expectedOf(program: string): Record<string, string> {
  const blind = Object.entries(BLIND).find(([name]) => name === program)?.[1] ?? []
  const places = Object.entries(MEETS).filter(
    ([place]) => place !== 'address' || !['openssl', 'chromium'].includes(program),
  )
  return Object.fromEntries(places.map(([place, met]) => [place, blind.some((one) => one === place) ? 'page' : met]))
}
