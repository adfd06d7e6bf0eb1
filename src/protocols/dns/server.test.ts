// Dialogues with the server over UDP and TCP: one question, what came back.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WorldView } from '../../core/world-view.ts'
import { serve, type Served } from '../../sim/index.ts'
import { decodeMessage, encodeMessage } from '../../shared/dns/codec/message.ts'
import { formatRdata } from '../../shared/dns/codec/rdata.ts'
import { describe as lineOf } from '../../shared/dns/describe.ts'
import { dns } from './index.ts'
import {
  CLASS,
  OPCODE,
  RCODE,
  TYPE,
  isMalformed,
  query,
  typeName,
  type Message,
  type ResourceRecord,
} from '../../shared/dns/messages.ts'
import { sampleWorld } from './sample-world.ts'
import { framed } from '../../shared/dns/framing.ts'

const EDNS = { udpSizeBytes: 1232, version: 0, dnssecOk: false, options: [] }

function ask(name: string, type: number, changes: Partial<Message> = {}): Message {
  return query(7, { name, type, class: CLASS.IN }, changes)
}

function textOf({ name, ttlSeconds, type, data }: ResourceRecord): string {
  return `${name} ${ttlSeconds} ${typeName(type)} ${formatRdata(type, data)}`
}

function read(bytes: Uint8Array | undefined): Message {
  assert.ok(bytes !== undefined, 'an answer')
  const message = decodeMessage(bytes)
  assert.ok(!isMalformed(message))
  return message
}

async function withServer(
  run: (served: Served) => void,
  world: WorldView = sampleWorld,
  config?: unknown,
): Promise<void> {
  const served = await serve(dns, { world, config })
  run(served)
  await served.stop()
}

function exchange(served: Served, packet: Uint8Array): Uint8Array | undefined {
  const { peer, to } = served.datagramPeer(53)
  return peer.send(packet, to).take()
}

async function answerTo(message: Message, world?: WorldView): Promise<Message> {
  let answer: Message | undefined
  await withServer((served) => {
    const bytes = exchange(served, encodeMessage(message))
    answer = read(bytes)
    assert.deepEqual(read(exchange(served, encodeMessage(message))), answer, 'the cached answer is the same')
  }, world)
  assert.ok(answer !== undefined)
  return answer
}

describe('the header', () => {
  test('echoes id, RD and CD, and never says RA', async () => {
    const plain = await answerTo(ask('www.harbor.test', TYPE.A, { recursionDesired: false }))
    assert.deepEqual([plain.id, plain.recursionDesired, plain.recursionAvailable], [7, false, false])
    const recursive = await answerTo(ask('www.harbor.test', TYPE.A, { checkingDisabled: true, authenticData: true }))
    assert.deepEqual([recursive.recursionDesired, recursive.recursionAvailable], [true, false])
    assert.deepEqual([recursive.checkingDisabled, recursive.authenticData], [true, false])
  })

  test('keeps the case of each question, in the answers too', async () => {
    await withServer((served) => {
      for (const name of ['WwW.hArBoR.TeSt', 'www.harbor.test', 'WWW.HARBOR.TEST']) {
        const answer = read(exchange(served, encodeMessage(ask(name, TYPE.A))))
        assert.equal(answer.questions[0]?.name, name)
        assert.equal(answer.answers[0]?.name, name)
      }
    })
  })

  test('questions that differ in EDNS, DO, type or class do not share an answer', async () => {
    await withServer((served) => {
      const edns = [undefined, EDNS, { ...EDNS, dnssecOk: true }]
      for (const round of [1, 2]) {
        for (const option of edns) {
          const answer = read(
            exchange(served, encodeMessage(ask('www.harbor.test', TYPE.A, option && { edns: option }))),
          )
          assert.deepEqual(answer.edns, option, `round ${round}`)
        }
      }
      const chaos = query(1, { name: 'www.harbor.test', type: TYPE.A, class: CLASS.CH })
      assert.equal(read(exchange(served, encodeMessage(chaos))).rcode, RCODE.REFUSED)
    })
  })
})

describe('refusals', () => {
  const question = { name: 'www.harbor.test', type: TYPE.A, class: CLASS.IN }
  const rows: readonly (readonly [string, Message, number])[] = [
    ['a notice of a zone that is no copy', ask('harbor.test', TYPE.SOA, { opcode: OPCODE.NOTIFY }), RCODE.REFUSED],
    ['another opcode', ask('harbor.test', TYPE.SOA, { opcode: OPCODE.STATUS }), RCODE.NOTIMP],
    ['two questions', ask('', 1, { questions: [question, question] }), RCODE.FORMERR],
    ['no question', ask('', 1, { questions: [] }), RCODE.FORMERR],
    ['EDNS of a later version', ask('harbor.test', TYPE.A, { edns: { ...EDNS, version: 1 } }), RCODE.BADVERS],
    ['a transfer', ask('harbor.test', TYPE.AXFR), RCODE.REFUSED],
    ['class HS', query(7, { ...question, class: CLASS.HS }), RCODE.REFUSED],
    ['a question for OPT', ask('harbor.test', TYPE.OPT), RCODE.FORMERR],
  ]
  for (const [what, message, rcode] of rows) {
    test(what, async () => {
      const answer = await answerTo(message)
      assert.deepEqual([answer.id, answer.rcode, answer.opcode], [7, rcode, message.opcode])
      assert.deepEqual(answer.questions, message.questions.slice(0, 1))
      assert.equal(answer.edns === undefined, message.edns === undefined)
    })
  }

  test('a query that is no message gets its id and FORMERR', async () => {
    const answer = await withAnswer(Uint8Array.of(0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1))
    assert.deepEqual([answer?.id, answer?.rcode, answer?.response, answer?.questions.length], [0xabcd, 1, true, 0])
  })

  test('an answer and half a header get nothing', async () => {
    await withServer((served) => {
      assert.equal(exchange(served, encodeMessage(ask('harbor.test', TYPE.A, { response: true }))), undefined)
      assert.equal(exchange(served, new Uint8Array(11)), undefined)
      assert.deepEqual(
        served.gate.events.map((event) => event.kind),
        ['dns.malformed'],
      )
    })
  })

  test('records besides the question do not matter', async () => {
    const { answers } = await answerTo(ask('www.harbor.test', TYPE.A))
    const loaded = await answerTo(ask('www.harbor.test', TYPE.A, { answers, additionals: [...answers, ...answers] }))
    assert.deepEqual(loaded.answers, answers)
  })
})

async function withAnswer(packet: Uint8Array): Promise<Message | undefined> {
  let answer: Message | undefined
  await withServer((served) => {
    answer = read(exchange(served, packet))
  })
  return answer
}

test('says what it is in class CH', async () => {
  const answer = await answerTo(query(7, { name: 'VERSION.bind', type: TYPE.TXT, class: CLASS.CH }))
  assert.deepEqual(answer.answers.map(textOf), ['VERSION.bind 0 TXT "portolan"'])
})

describe('sizes', () => {
  test('a long answer is cut over UDP and whole over TCP', async () => {
    await withServer((served) => {
      for (const udpSizeBytes of [undefined, 512, 1232, 4096]) {
        const edns = udpSizeBytes === undefined ? {} : { edns: { ...EDNS, udpSizeBytes } }
        const packet = exchange(served, encodeMessage(ask('large.harbor.test', TYPE.TXT, edns)))
        const answer = read(packet)
        assert.deepEqual([answer.truncated, answer.answers.length], [true, 0])
        assert.equal(answer.edns === undefined, udpSizeBytes === undefined)
      }
      const stream = served.peer(53).send(framed(encodeMessage(ask('large.harbor.test', TYPE.TXT))))
      const whole = read(stream.takeBytes().subarray(2))
      assert.deepEqual([whole.truncated, whole.answers.length], [false, 20])
    })
  })

  test('addresses that were not asked for go first', async () => {
    await withServer((served) => {
      const cut = exchange(served, encodeMessage(ask('many.harbor.test', TYPE.MX, { edns: EDNS }))) ?? new Uint8Array(0)
      const answer = read(cut)
      assert.deepEqual([answer.truncated, answer.answers.length, answer.additionals.length], [false, 40, 0])
      assert.ok(cut.length <= 1232 && answer.edns !== undefined)
    })
  })

  test('the asker decides below the configured size', async () => {
    await withServer(
      (served) => {
        const roomy = { edns: { ...EDNS, udpSizeBytes: 4096 } }
        assert.equal(
          read(exchange(served, encodeMessage(ask('large.harbor.test', TYPE.TXT, roomy)))).answers.length,
          20,
        )
        const tight = { edns: { ...EDNS, udpSizeBytes: 100 } }
        assert.equal(read(exchange(served, encodeMessage(ask('www.harbor.test', TYPE.A, tight)))).answers.length, 1)
      },
      sampleWorld,
      { 'udp-size': '4KiB' },
    )
  })
})

describe('TCP', () => {
  test('many questions at once, a byte at a time, are answered in order', async () => {
    await withServer((served) => {
      const stream = served.peer(53)
      const names = ['www.harbor.test', 'web.harbor.test', 'nothing.harbor.test', 'mail.harbor.test']
      const bytes = Buffer.concat(names.map((name) => framed(encodeMessage(ask(name, TYPE.A)))))
      for (const byte of bytes) stream.send(Uint8Array.of(byte))
      stream.send(bytes)
      const answered: string[] = []
      for (let rest = stream.takeBytes(); rest.length > 0;) {
        const length = (rest[0]! << 8) | rest[1]!
        answered.push(read(rest.subarray(2, 2 + length)).questions[0]?.name ?? '')
        rest = rest.subarray(2 + length)
      }
      assert.deepEqual(answered, [...names, ...names])
    })
  })

  test('a silent, and a slow connection is closed', async () => {
    await withServer(
      (served) => {
        const silent = served.peer(53)
        served.plane.advance(600)
        const busy = served.peer(53).send(framed(encodeMessage(ask('www.harbor.test', TYPE.A))))
        served.plane.advance(600)
        assert.ok(silent.hasEnded && !busy.hasEnded)
        busy.send(framed(encodeMessage(ask('www.harbor.test', TYPE.A))).subarray(0, 20))
        served.plane.advance(600)
        assert.ok(busy.hasEnded)
      },
      sampleWorld,
      { 'tcp-idle': '1s' },
    )
  })

  test('a message that has no header ends the connection', async () => {
    await withServer((served) => {
      assert.ok(served.peer(53).send(Uint8Array.of(0, 2, 1, 1)).hasEnded)
      assert.ok(served.peer(53).send(Uint8Array.of(0, 0)).hasEnded)
    })
  })
})

describe('events', () => {
  test('tell of questions and unknown names', async () => {
    await withServer((served) => {
      exchange(served, encodeMessage(ask('WWW.harbor.test', TYPE.A)))
      exchange(served, encodeMessage(ask('Nowhere.example', TYPE.MX)))
      const told = served.gate.events.map(({ kind, summary, severity }) => [kind, summary, severity])
      assert.deepEqual(told, [
        ['dns.query', 'www.harbor.test A → 192.0.2.10', undefined],
        ['dns.unknown-name', 'nowhere.example MX → NXDOMAIN', 'warning'],
      ])
      const { name, type } = served.gate.events[1]?.detail ?? {}
      assert.deepEqual([name, type], ['nowhere.example', 'MX'])
    })
  })

  test('are bounded each second, the rest counted; a new unknown name is always told', async () => {
    await withServer((served) => {
      const { peer, to } = served.datagramPeer(53)
      for (let n = 0; n < 150; n += 1) peer.send(encodeMessage(ask('www.harbor.test', TYPE.A)), to)
      for (let n = 0; n < 5; n += 1) peer.send(encodeMessage(ask(`unknown${n}.example`, TYPE.A)), to)
      const kinds = (kind: string) => served.gate.events.filter((event) => event.kind === kind)
      assert.deepEqual([kinds('dns.query').length, kinds('dns.unknown-name').length], [100, 5])
      served.plane.advance(1000)
      assert.equal(kinds('dns.queries')[0]?.summary, '50 more questions answered')
      peer.send(encodeMessage(ask('www.harbor.test', TYPE.A)), to)
      assert.equal(kinds('dns.query').length, 101)
    })
  })

  test('of ordinary questions can be switched off', async () => {
    await withServer(
      (served) => {
        exchange(served, encodeMessage(ask('www.harbor.test', TYPE.A)))
        assert.deepEqual(served.gate.events, [])
      },
      sampleWorld,
      { 'log-queries': false },
    )
  })
})

test('lines for people', async () => {
  assert.equal(lineOf(ask('harbor.test', TYPE.MX)), 'harbor.test MX?')
  assert.equal(
    lineOf(await answerTo(ask('www.sub.harbor.test', TYPE.A))),
    'www.sub.harbor.test A → referral to the servers of sub.harbor.test.',
  )
  assert.equal(
    lineOf(await answerTo(ask('web.harbor.test', TYPE.A))),
    'web.harbor.test A → CNAME WWW.harbor.test., 192.0.2.10',
  )
  assert.equal(lineOf(await answerTo(ask('www.harbor.test', TYPE.TXT))), 'www.harbor.test TXT → no data')
})
