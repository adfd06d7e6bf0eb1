// Postfix as a neighbour of the world's mail servers, on one machine with them: it finds them by the world's DNS and hands
// mail over, and takes what they relay; what it cannot deliver comes back.

import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'
import { PORTOLAN, runProgram, start, type Ran, type Started } from '../portolan.ts'
import { Machine } from './machine.ts'
import { deliveredBy, layPostfix, logOf } from './postfix.ts'
import { missingRoot, removeAsRoot } from './rootless.ts'
import { ALICE, BOB, skipMail } from './world.ts'

/** `up` gives hosts 127.80.0.1 and so on, in the order of the file; nobody but Postfix listens on the last one. */
const WORLD = `domains:
  harbor.test: {}
  island.test: {}
  peer.test: { records: ['@ MX 10 mx', '@ TXT "v=spf1 mx -all"'] }
hosts:
  ns.harbor.test: dns
  mail.harbor.test:
    services:
      - smtp: { relay: { first-retry: 1s } }
      - imap
  mail.island.test: [smtp, imap]
  mx.peer.test: []
users:
  ${ALICE}: alice
  ${BOB}: bob
`
const NAME_SERVER = '127.80.0.1'
const PEER = '127.80.0.4'
/** Between two looks; far more than all of it takes. */
const LOOK_MS = 25
const LOOKS_MAX = 800

const SUBMIT = [
  'swaks',
  '--server=mail.harbor.test:587',
  '--tls',
  '--auth-user=alice',
  '--auth-password=alice',
  `--from=${ALICE}`,
]
const STATUS = ['curl', '-sSfk', '--user', 'bob:bob', 'imaps://mail.island.test', '-X', 'STATUS INBOX (MESSAGES)']

const skip = skipMail('swaks', 'curl', 'nsenter', '/usr/lib/postfix/sbin/master') || missingOutsideCi()

function missingOutsideCi(): string | false {
  return process.env['CI'] === 'true' ? false : (missingRoot() ?? false)
}

class Neighbours {
  readonly folder = mkdtempSync(join(tmpdir(), 'portolan-postfix-'))
  readonly postfix = join(this.folder, 'postfix')
  readonly #running: Started[] = []
  #machine: Machine | undefined

  async begin(t: TestContext): Promise<void> {
    t.after(() => this.end())
    chmodSync(this.folder, 0o755)
    writeFileSync(join(this.folder, 'world.yaml'), WORLD)
    this.#machine = await Machine.start(this.folder, NAME_SERVER)
    const world = this.#start([PORTOLAN, 'up', '--json', '--world', join(this.folder, 'world.yaml')])
    await world.says(/^\{.*"ports".*\}\n/)
    const parameters = {
      smtp_bind_address: PEER,
      smtp_tls_security_level: 'may',
      virtual_mailbox_maps: 'inline:{{carol@peer.test=carol/}}',
    }
    this.#start(layPostfix({ folder: this.postfix, listens: [`${PEER}:25`], parameters }))
    await this.logged(/daemon started/)
  }

  /** A program on the machine, to its end. */
  run(...words: readonly string[]): Promise<Ran> {
    const [program = '', ...rest] = this.#command(words)
    return runProgram(program, rest)
  }

  /** Resolves once Postfix has said so. */
  async logged(pattern: RegExp): Promise<RegExpExecArray> {
    return until(`Postfix says ${pattern}`, () => pattern.exec(readLog(this.postfix)))
  }

  async end(): Promise<void> {
    for (const one of this.#running.toReversed()) {
      one.signal('SIGTERM')
      await one.done
    }
    await this.#machine?.stop()
    removeAsRoot(this.folder)
  }

  #start(words: readonly string[]): Started {
    const [program = '', ...rest] = this.#command(words)
    const started = start(program, rest, { timeoutMs: 100_000 })
    this.#running.push(started)
    return started
  }

  #command(words: readonly string[]): readonly string[] {
    if (this.#machine === undefined) throw new Error('there is no machine yet')
    return this.#machine.command(words)
  }
}

function readLog(folder: string): string {
  try {
    return readFileSync(logOf(folder), 'utf8')
  } catch {
    return ''
  }
}

async function until<T>(what: string, look: () => T | null | undefined | Promise<T | null | undefined>): Promise<T> {
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    const found = await look()
    if (found !== undefined && found !== null) return found
    await pause(LOOK_MS)
  }
  throw new Error(`it never came to pass: ${what}`)
}

test('Postfix beside a world', { skip }, async (t) => {
  const machine = new Neighbours()
  await machine.begin(t)

  await t.test('hands over by MX, with TLS', async () => {
    const sent = await machine.run('swaks', '--server', PEER, '--from', 'carol@peer.test', '--to', `${BOB},${ALICE}`)
    assert.equal(sent.code, 0, sent.stdout)
    const [, reply] = await machine.logged(
      /to=<bob@island\.test>, relay=mail\.island\.test\[127\.80\.0\.3\]:25, .*status=sent \((.*)\)/,
    )
    assert.match(reply ?? '', /^250 2\.0\.0/)
    await machine.logged(/to=<alice@harbor\.test>, relay=mail\.harbor\.test\[127\.80\.0\.2\]:25, .*status=sent/)
    const read = await machine.run('curl', '-sSfk', '--user', 'bob:bob', 'imaps://mail.island.test/INBOX;UID=1')
    assert.match(
      read.stdout,
      /Received: from mx\.peer\.test [^]*\(using TLSv1\.3[^]*by mail\.island\.test/,
      read.stderr,
    )
    assert.match(read.stdout, /spf=pass/)
  })

  await t.test('hands over a hundred mails, each once', async () => {
    const load = await machine.run(
      'smtp-source',
      '-s5',
      '-m100',
      '-l4096',
      '-fcarol@peer.test',
      `-t${BOB}`,
      `${PEER}:25`,
    )
    assert.equal(load.code, 0, load.stderr)
    const messages = await until('101 mails for bob', async () => {
      const { stdout } = await machine.run(...STATUS)
      return /MESSAGES (1\d\d)\)/.exec(stdout)?.[1]
    })
    assert.equal(messages, '101')
    assert.doesNotMatch(readLog(machine.postfix), /status=(deferred|bounced)/)
  })

  await t.test('takes what the world relays', async () => {
    const sent = await machine.run(...SUBMIT, '--to', 'carol@peer.test', '--body', '.dotted\\n--- 8-bit: ä')
    assert.equal(sent.code, 0, sent.stdout)
    await machine.logged(/to=<carol@peer\.test>, relay=virtual, .*status=sent \(delivered to maildir\)/)
    const [mail = '', ...others] = deliveredBy(machine.postfix)
    assert.deepEqual(others, [])
    assert.match(
      mail,
      /^Return-Path: <alice@harbor\.test>\n[^]*Received: from mail\.harbor\.test [^]*by mx\.peer\.test \(Postfix\) with ESMTP/,
    )
    assert.match(mail, /\nDKIM-Signature: [^]*\n\n\.dotted\n--- 8-bit: \xc3\xa4\n/)
  })

  await t.test('refuses somebody, and the sender is told', async () => {
    const sent = await machine.run(...SUBMIT, '--to', 'nobody@peer.test')
    assert.equal(sent.code, 0, sent.stdout)
    const report = await until('a report for alice', async () => {
      const { code, stdout } = await machine.run(
        'curl',
        '-sSfk',
        '--user',
        'alice:alice',
        `imaps://mail.harbor.test/INBOX;UID=2`,
      )
      return code === 0 ? stdout : undefined
    })
    assert.match(report, /^Return-Path: <>\r\n/)
    assert.match(
      report,
      /^Final-Recipient: rfc822; ?nobody@peer\.test\r\n[^]*^Action: failed\r\n[^]*^Diagnostic-Code: smtp; 550 5\.1\.1/m,
    )
  })
})
