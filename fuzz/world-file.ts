// Broken world files against the loader; what it takes for a world must make one.

import { isConfigError } from '../src/core/failure.ts'
import { territoryOf } from '../src/net/authority/index.ts'
import { compileGate } from '../src/net/firewall/index.ts'
import { withImpliedHosts } from '../src/net/implied-hosts.ts'
import { onLoopback } from '../src/net/loopback.ts'
import { portsOf } from '../src/net/ports/index.ts'
import { createWorldState, defaultWorldText, formatWorldProblems, loadWorld } from '../src/net/world/index.ts'
import { services } from '../src/services.ts'
import { Mutations } from './mutations.ts'
import type { Target } from './target.ts'

const SAMPLES = [
  defaultWorldText(),
  'hosts:\n  www.a.test: { aliases: [a.test], address: [192.0.2.9, 2001:db8::9], services: [http: { port: 8080 }] }\n',
  'hosts: { www.a.test: http }\nfirewall:\n  rules:\n    - drop: { from: 10.0.0.0/8, port: [25, 80-90], because: x }\n',
  'faults: [{ host: www.a.test, delay: 1s, loss: 5% }]\nhosts: { www.a.test: [dns, sink] }\nports: { 8081: { name: x } }\n',
  'domains: { a.test: { records: ["www TXT \\"x\\"", "@ MX 10 mail", "_s._tcp SRV 1 2 3 www"] } }\nhosts: { www.a.test: }\n',
]
const WORDS = [
  '\n',
  '  ',
  '\t',
  ': ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '#',
  '&a ',
  '*a',
  '!!binary ',
  '<<: *a',
  '|\n',
  '~',
]
const MORE = [
  'null',
  'true',
  '1e309',
  '-1',
  '0x10',
  '::',
  '255.255.255.255',
  'xn--a',
  'a'.repeat(300),
  '__proto__: 1\n',
  '\0',
]

/** One file is read well within this, on a busy machine too. */
const LOAD_MAX_MS = 5000

export const worldFile: Target = {
  name: 'world',
  about: 'world files against the loader',
  start(seed) {
    const mutations = new Mutations({ samples: SAMPLES, words: [...WORDS, ...MORE] }, seed)
    return { next: () => mutations.next(), attempt }
  },
}

async function attempt(bytes: Uint8Array): Promise<void> {
  const started = performance.now()
  const text = Buffer.from(bytes).toString('utf8')
  const loaded = await loadWorld(text, { path: 'portolan.yaml', services })
  if (performance.now() - started > LOAD_MAX_MS) throw new Error('a file that takes too long')
  if (isConfigError(loaded)) {
    if (loaded.problems.length === 0) throw new Error('an error without a problem')
    return void formatWorldProblems(loaded)
  }
  const world = onLoopback(withImpliedHosts(loaded, services), true)
  compileGate(world, portsOf(world))
  territoryOf(loaded)
  const state = createWorldState(loaded, { folder: () => undefined })
  for (const host of loaded.hosts) state.viewFor(host)
}
