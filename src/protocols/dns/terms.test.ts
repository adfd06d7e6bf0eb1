// Options, cookies and limits: on what terms an asker gets an answer.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeMessage, encodeMessage } from '../../shared/dns/codec/message.ts'
import { OPTION, decodeExpire, decodeKeepalive, encodeExpire, findOption } from '../../shared/dns/edns/options.ts'
import {
  CLASS,
  RCODE,
  TYPE,
  isMalformed,
  query,
  type EdnsOption,
  type Message,
  type Question,
} from '../../shared/dns/messages.ts'
import { OpenGate, SimPlane } from '../../sim/index.ts'
import { sampleResponder } from './sample-responder.ts'
import { rootlessWorld, sampleWorld } from './sample-world.ts'

const WWW: Question = { name: 'www.harbor.test', type: TYPE.A, class: CLASS.IN }
const NSID = { code: OPTION.NSID, data: new Uint8Array(0) }
const CLIENT = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)

class Asker {
  readonly plane = new SimPlane()
  readonly #sample

  constructor(settings?: unknown, world = sampleWorld) {
    const io = this.plane.serviceIo('dns', [], new OpenGate(), () => undefined)
    this.#sample = sampleResponder(world, io, settings)
  }

  /** Undefined: no answer. */
  ask(question: Question | undefined, options?: readonly EdnsOption[], changes: Partial<Asked> = {}) {
    const { ip = '192.0.2.77', transport = 'udp' } = changes
    const edns = options && { udpSizeBytes: 1232, version: 0, dnssecOk: false, options }
    const message = query(5, question ?? WWW, { ...(edns && { edns }), ...(question ? {} : { questions: [] }) })
    const { responder, door } = this.#sample
    const answer = responder.answer(encodeMessage(message), { ip, port: 5353 }, { ...door, transport })
    return answer && read(answer)
  }

  /** The cookie that the server gives. */
  cookie(ip?: string): Uint8Array {
    const answer = this.ask(WWW, [cookie(CLIENT)], { ...(ip && { ip }) })
    return optionOf(answer, OPTION.COOKIE) ?? assert.fail('no cookie')
  }
}

interface Asked {
  readonly ip: string
  readonly transport: 'udp' | 'tcp'
}

function read(answer: Uint8Array): Message {
  const message = decodeMessage(answer)
  assert.ok(!isMalformed(message))
  return message
}

function cookie(data: Uint8Array): EdnsOption {
  return { code: OPTION.COOKIE, data }
}

function optionOf(message: Message | undefined, code: number): Uint8Array | undefined {
  return findOption(message?.edns?.options ?? [], code)?.data
}

describe('options', () => {
  test('the server says who it is, where that is asked', () => {
    const asker = new Asker()
    assert.equal(String(Buffer.from(optionOf(asker.ask(WWW, [NSID]), OPTION.NSID) ?? [])), 'ns.harbor.test')
    assert.deepEqual(asker.ask(WWW, [])?.edns?.options, [])
    assert.equal(asker.ask(WWW)?.edns, undefined)
  })

  test('how long a connection may be idle, over TCP alone', () => {
    const asker = new Asker({ 'tcp-idle': '7s' })
    const keepalive = { code: OPTION.TCP_KEEPALIVE, data: new Uint8Array(0) }
    const data = optionOf(asker.ask(WWW, [keepalive], { transport: 'tcp' }), OPTION.TCP_KEEPALIVE)
    assert.equal(decodeKeepalive(data ?? CLIENT), 7000)
    assert.deepEqual(asker.ask(WWW, [keepalive])?.edns?.options, [])
  })

  test('when a zone expires, with its SOA', () => {
    const asker = new Asker()
    const asked = (name: string, type: number) => {
      const data = optionOf(asker.ask({ name, type, class: CLASS.IN }, [encodeExpire()]), OPTION.EXPIRE)
      return data && decodeExpire(data)
    }
    assert.deepEqual(
      [asked('harbor.test', TYPE.SOA), asked('harbor.test', TYPE.A), asked('www.harbor.test', TYPE.SOA)],
      [86_400, undefined, undefined],
    )
  })

  test('nothing is padded that is not encrypted, and padding changes nothing', () => {
    const padding = { code: OPTION.PADDING, data: new Uint8Array(100) }
    assert.deepEqual(new Asker().ask(WWW, [padding]), new Asker().ask(WWW, []))
  })

  test('why there is no answer', () => {
    const elsewhere = { ...WWW, name: 'www.elsewhere.test' }
    const refused = new Asker({}, rootlessWorld).ask(elsewhere, [NSID])
    assert.equal(refused?.rcode, RCODE.REFUSED)
    assert.deepEqual(optionOf(refused, OPTION.EXTENDED_ERROR), Uint8Array.of(0, 20))
    assert.ok(optionOf(refused, OPTION.NSID) !== undefined)
    assert.equal(new Asker({}, rootlessWorld).ask(elsewhere)?.edns, undefined)
  })

  test('an answer that options make too long is cut', () => {
    const asker = new Asker({ 'udp-size': '512B' })
    const many: Question = { ...WWW, name: 'large.harbor.test', type: TYPE.TXT }
    const cut = asker.ask(many, [NSID])
    assert.deepEqual([cut?.truncated, cut?.answers.length], [true, 0])
    assert.ok(optionOf(cut, OPTION.NSID) !== undefined)
    assert.equal(asker.ask(many, [NSID], { transport: 'tcp' })?.answers.length, 20)
  })
})

describe('cookies', () => {
  test('are given, and given back while they are good', () => {
    const asker = new Asker()
    const given = asker.cookie()
    assert.deepEqual([given.length, given.subarray(0, 8)], [24, CLIENT])
    assert.deepEqual(optionOf(asker.ask(WWW, [cookie(given)]), OPTION.COOKIE), given)
    asker.plane.advance(4_000_000)
    assert.notDeepEqual(optionOf(asker.ask(WWW, [cookie(given)]), OPTION.COOKIE), given)
  })

  test('of a wrong length are a mistake', () => {
    const answer = new Asker().ask(WWW, [cookie(CLIENT.subarray(0, 7))])
    assert.deepEqual([answer?.rcode, answer?.answers.length], [RCODE.FORMERR, 0])
  })

  test('can be asked for without a question', () => {
    const answer = new Asker().ask(undefined, [cookie(CLIENT)])
    assert.deepEqual([answer?.rcode, answer?.questions.length], [RCODE.NOERROR, 0])
    assert.equal(optionOf(answer, OPTION.COOKIE)?.length, 24)
    assert.equal(new Asker().ask(undefined, [])?.rcode, RCODE.FORMERR)
  })

  test('are asked for over UDP when there is too much to do', () => {
    const asker = new Asker({ 'cookies-above': 2 })
    const good = asker.cookie()
    assert.equal(asker.ask(WWW)?.answers.length, 1)
    assert.deepEqual([asker.ask(WWW)?.truncated, asker.ask(WWW)?.answers.length], [true, 0])
    assert.equal(asker.ask(WWW, [cookie(CLIENT)])?.rcode, RCODE.BADCOOKIE)
    assert.equal(asker.ask(WWW, [cookie(good)])?.answers.length, 1)
    assert.equal(asker.ask(WWW, [cookie(good)], { ip: '192.0.2.78' })?.rcode, RCODE.BADCOOKIE)
    assert.equal(asker.ask(WWW, undefined, { transport: 'tcp' })?.answers.length, 1)
    asker.plane.advance(1000)
    assert.equal(asker.ask(WWW)?.answers.length, 1)
  })
})

/** What became of some questions, in their order. */
function kinds(asker: Asker, question: Question, count: number, changes?: Partial<Asked>): string {
  const outcomes = Array.from({ length: count }, () => {
    const answer = asker.ask(question, undefined, changes)
    return answer === undefined ? 'dropped' : answer.truncated ? 'cut' : 'sent'
  })
  return outcomes.join(' ')
}

describe('rate limits', () => {
  const settings = { 'rate-limit': { answers: 3, slip: 2 } }
  test('hold for the same answer to the same network, every second one is cut', () => {
    const asker = new Asker(settings)
    assert.equal(kinds(asker, WWW, 7), 'sent sent sent dropped cut dropped cut')
    assert.equal(kinds(asker, WWW, 1, { ip: '192.0.2.200' }), 'dropped')
    assert.equal(kinds(asker, WWW, 1, { ip: '192.0.3.1' }), 'sent')
    assert.equal(kinds(asker, { ...WWW, name: 'mail.harbor.test' }, 1), 'sent')
  })

  test('count all names that a zone lacks as one', () => {
    const asker = new Asker(settings)
    const sent = Array.from({ length: 9 }, (_, n) => kinds(asker, { ...WWW, name: `no${n}.harbor.test` }, 1))
    assert.equal(sent.filter((kind) => kind === 'sent').length, 3)
  })

  test('let go after a while, sooner for who asks less', () => {
    const asker = new Asker(settings)
    kinds(asker, WWW, 4)
    asker.plane.advance(1000)
    assert.equal(kinds(asker, WWW, 1), 'sent')
    kinds(asker, WWW, 100)
    asker.plane.advance(1000)
    assert.notEqual(kinds(asker, WWW, 1), 'sent')
    asker.plane.advance(20_000)
    assert.equal(kinds(asker, WWW, 1), 'sent')
  })

  test('never hold over TCP, nor for who has a cookie', () => {
    const asker = new Asker(settings)
    assert.ok(!kinds(asker, WWW, 20, { transport: 'tcp' }).includes('cut'))
    const good = asker.cookie()
    for (let n = 0; n < 20; n += 1) assert.equal(asker.ask(WWW, [cookie(good)])?.answers.length, 1)
    assert.ok(kinds(asker, WWW, 20).includes('cut'))
  })

  test('are none unless they are asked for', () => {
    assert.ok(!/cut|dropped/.test(kinds(new Asker(), WWW, 200)))
  })
})
