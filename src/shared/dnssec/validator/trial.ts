// A validator and the servers of a small world around it, for tests.

import type { Signing } from '../../../core/zones.ts'
import { CLASS, typeNumber, type Message } from '../../dns/messages.ts'
import { trustAnchorAt } from '../anchors.ts'
import { SampleServers, type SampleZone } from '../sample-servers.ts'
import type { Fetch, Validator, ValidatorOptions, Verdict } from './types.ts'
import { openValidator } from './validator.ts'

export const TRIAL_MS = Date.UTC(2026, 5, 1)
const SECRET = Buffer.alloc(32, 9)
const SOA = 'ns.test. host.test. 1 3600 600 86400 300'

/** The root, `test`, `harbor.test` signed as `harbor` says, and `plain.test`, which is not. */
function zonesOf(signing: Signing, harbor: Partial<Signing>): SampleZone[] {
  return [
    {
      apex: '',
      signing,
      text: `. 3600 SOA ${SOA}
        . 3600 NS ns.root-servers.test.
        test. 3600 NS ns.test.`,
    },
    {
      apex: 'test',
      signing,
      text: `test. 3600 SOA ${SOA}
        test. 3600 NS ns.test.
        ns.test. 3600 A 192.0.2.1
        harbor.test. 3600 NS ns.harbor.test.
        ns.harbor.test. 3600 A 192.0.2.2
        plain.test. 3600 NS ns.plain.test.
        ns.plain.test. 3600 A 192.0.2.3
        deep.empty.test. 60 A 192.0.2.4`,
    },
    {
      apex: 'harbor.test',
      signing: { ...signing, ...harbor },
      text: `harbor.test. 3600 SOA ${SOA}
        harbor.test. 3600 NS ns.harbor.test.
        harbor.test. 3600 MX 10 Mail.Harbor.test.
        ns.harbor.test. 3600 A 192.0.2.2
        www.harbor.test. 60 A 192.0.2.5
        alias.harbor.test. 60 CNAME www.harbor.test.
        lost.harbor.test. 60 CNAME nowhere.harbor.test.
        far.harbor.test. 60 CNAME other.plain.test.
        *.wild.harbor.test. 60 A 192.0.2.6
        *.wild.harbor.test. 60 DS 60485 13 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A
        *.odd.harbor.test. 60 CNAME www.harbor.test.
        a.b.c.harbor.test. 60 TXT "x"
        old.harbor.test. 60 DNAME new.harbor.test.
        x.new.harbor.test. 60 A 192.0.2.7`,
    },
    {
      apex: 'plain.test',
      text: `plain.test. 3600 SOA ${SOA}
        plain.test. 3600 NS ns.plain.test.
        www.plain.test. 60 A 192.0.2.8`,
    },
  ]
}

export class Trial {
  readonly servers: SampleServers
  readonly validator: Validator
  /** Moves with the test. */
  wallMs = TRIAL_MS
  /** How the resolver behind the validator looks things up. */
  fetch: Fetch = (name, type, then) => then(this.servers.ask(name, type))

  constructor(signing: Signing, harbor: Partial<Signing> = {}, options: Partial<ValidatorOptions> = {}) {
    this.servers = new SampleServers(SECRET, TRIAL_MS, zonesOf(signing, harbor))
    const anchor = trustAnchorAt(SECRET, '', signing, TRIAL_MS)
    this.validator = openValidator({ anchors: [anchor], ...options })
  }

  /** What the servers say to `name` and what becomes of it. */
  ask(name: string, type: string, change: (message: Message) => Message = (same) => same): Verdict {
    const number = typeNumber(type) ?? 0
    this.servers.wallMs = this.wallMs
    return this.judge(name, type, change(this.servers.ask(name, number)))
  }

  judge(name: string, type: string, message: Message): Verdict {
    const verdicts: Verdict[] = []
    this.begin(name, type, message, (verdict) => void verdicts.push(verdict))
    const [verdict] = verdicts
    if (verdict === undefined || verdicts.length !== 1) throw new Error(`${verdicts.length} verdicts`)
    return verdict
  }

  /** As `judge`, where look-ups may be answered later. */
  begin(name: string, type: string, message: Message, then: (verdict: Verdict) => void): void {
    this.servers.wallMs = this.wallMs
    const question = { name, type: typeNumber(type) ?? 0, class: CLASS.IN }
    const fetch: Fetch = (at, kind, done) => this.fetch(at, kind, done)
    this.validator.validate(question, message, Math.floor(this.wallMs / 1000), fetch, then)
  }
}
