// What a session's view makes of several changes that become durable together: it sees all of them when it hears of the first.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fill, samplePost, there } from '../../../mailboxes/sample-post.ts'
import { Selected, type CaughtUp } from './selected.ts'

const OPTIONS = { readOnly: false, tellsRecent: false }

function inShort({ gone, arrived }: CaughtUp): string {
  return `${gone.map(({ place }) => `-${place + 1}`)} ${arrived.map(({ uid }) => `+${uid}`)}`.trim()
}

test('an idle session is told of each that came and went, in whichever order it hears', async () => {
  for (const order of ['arrived first', 'expunged first']) {
    const { inbox } = samplePost()
    const [first] = await fill(inbox, 'a', 'b')
    const said: string[] = []
    const selected: Selected = new Selected(inbox, OPTIONS, () => {
      if (selected.isStale) said.push(inShort(selected.catchUp()))
    })
    const [come, go] = [() => fill(inbox, 'c'), () => inbox.expunge([there(first)])]
    await Promise.all((order === 'arrived first' ? [come, go] : [go, come]).map((change) => change()))
    assert.deepEqual(
      said.filter((line) => line !== ''),
      ['-1 +3'],
      order,
    )
    assert.equal(selected.view, inbox.messages)
  }
})

test('where going may not be told, what went stays until it may', async () => {
  const { inbox } = samplePost()
  const [first] = await fill(inbox, 'a', 'b')
  const said: string[] = []
  let mayTell = false
  const selected: Selected = new Selected(inbox, OPTIONS, () => {
    if (!mayTell) said.push(inShort(selected.takeArrived()))
  })
  await Promise.all([fill(inbox, 'c'), inbox.expunge([there(first)])])
  assert.deepEqual(
    selected.view.map(({ uid }) => uid),
    [1, 2, 3],
  )
  mayTell = true
  said.push(inShort(selected.catchUp()))
  assert.deepEqual(
    said.filter((line) => line !== ''),
    ['+3', '-1'],
  )
  assert.equal(selected.view, inbox.messages)
})
