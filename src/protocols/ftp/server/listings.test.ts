// What LIST, NLST, MLSD, MLST and STAT show: options, patterns, links, and names that FTP cannot say.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ftpScene, type FtpDialogue } from '../../../../test/conformance/ftp-dialogue.ts'
import { parseFacts } from '../codec/facts.ts'
import { parseListLine } from '../codec/listing.ts'
import { MemoryTree, SimPlane } from '../../../sim/index.ts'
import { parseListArgument } from './listings.ts'

async function listed(): Promise<{ readonly client: FtpDialogue; readonly tree: MemoryTree; readonly nowMs: number }> {
  const plane = new SimPlane()
  const nowMs = plane.wallMs()
  const tree = new MemoryTree({}, { wallMs: () => nowMs })
  tree.put('/b.txt', 'content', nowMs - 1000)
  tree.put('/a.txt', '', nowMs - 5000)
  tree.put('/.hidden', 'x', nowMs)
  tree.put('/dir/inner', 'x', nowMs)
  tree.put('/[x]', 'x', nowMs)
  assert.equal(await tree.symlink('b.txt', '/to-b'), undefined)
  assert.equal(await tree.symlink('none', '/dangling'), undefined)
  const { session } = await ftpScene({ plane, tree })
  return { client: await session(), tree, nowMs }
}

const linesOf = (text: string): string[] => text.split('\r\n').slice(0, -1)

test('the options of ls', () => {
  const plain = { dots: 'none', long: false, byTime: false, reversed: false, itself: false }
  const table: readonly (readonly [string, object, string])[] = [
    ['', {}, ''],
    ['a b', {}, 'a b'],
    ['-la', { dots: 'all', long: true }, ''],
    ['-l -a path', { dots: 'all', long: true }, 'path'],
    ['-Atr  x', { dots: 'almost', byTime: true, reversed: true }, 'x'],
    ['-- -a', {}, '-a'],
    ['./-a', {}, './-a'],
    ['-d .', { itself: true }, '.'],
    ['-', {}, '-'],
    ['-L1 x', {}, 'x'],
  ]
  for (const [argument, changed, path] of table) {
    assert.deepEqual(parseListArgument(argument), { options: { ...plain, ...changed }, path }, argument)
  }
})

test('NLST: names in order, without those that begin with a dot unless asked for', async () => {
  const { client } = await listed()
  const names = async (line: string) => linesOf((await client.fetch(line)).data)
  assert.deepEqual(await names('NLST'), ['[x]', 'a.txt', 'b.txt', 'dangling', 'dir', 'to-b'])
  assert.deepEqual(await names('NLST -A'), ['.hidden', '[x]', 'a.txt', 'b.txt', 'dangling', 'dir', 'to-b'])
  assert.deepEqual(await names('NLST -a dir'), ['dir/.', 'dir/..', 'dir/inner'])
  assert.deepEqual(await names('NLST /dir/'), ['/dir/inner'], 'ready for RETR (RFC 1123 §4.1.2.7)')
  assert.deepEqual(await names('NLST -r'), ['to-b', 'dir', 'dangling', 'b.txt', 'a.txt', '[x]'])
  assert.deepEqual((await names('NLST -tA')).slice(-2), ['b.txt', 'a.txt'])
  assert.deepEqual(await names('NLST *.txt'), ['a.txt', 'b.txt'])
  assert.deepEqual(await names('NLST dir/i*'), ['dir/inner'])
  assert.deepEqual(await names('NLST /dir/?nne[q-s]'), ['/dir/inner'])
  assert.deepEqual(await names('NLST [x]'), ['[x]'], 'that very name comes first')
  assert.deepEqual(await names('NLST b.txt'), ['b.txt'])
  assert.deepEqual(await names('NLST *.none'), [])
})

test('LIST: what clients of all kinds read', async () => {
  const { client, nowMs } = await listed()
  const lines = linesOf((await client.fetch('LIST')).data)
  const entries = lines.map((line) => parseListLine(line, nowMs))
  assert.deepEqual(
    entries.map((entry) => `${entry?.kind} ${entry?.name} ${entry?.size} ${entry?.target ?? ''}`.trim()),
    ['file [x] 1', 'file a.txt 0', 'file b.txt 7', 'link dangling 4 none', 'folder dir 0', 'link to-b 5 b.txt'].map(
      (line) => (line.startsWith('folder') ? line.replace(' 0', ` ${entries[4]?.size}`) : line),
    ),
  )
  assert.deepEqual(linesOf((await client.fetch('LIST b.txt')).data), [lines[2]])
  assert.equal(linesOf((await client.fetch('LIST -a')).data).length, lines.length + 3)
  const [itself] = linesOf((await client.fetch('LIST -d dir')).data)
  assert.deepEqual(
    [parseListLine(itself ?? '', nowMs)?.kind, parseListLine(itself ?? '', nowMs)?.name],
    ['folder', 'dir'],
  )
})

test('MLSD: the folder, the one above, and all there is', async () => {
  const { client } = await listed()
  const lines = linesOf((await client.fetch('MLSD')).data).map(parseFacts)
  assert.deepEqual(
    lines.map((line) => `${line?.facts.get('type')} ${line?.name}`),
    [
      'cdir .',
      'pdir ..',
      'file .hidden',
      'file [x]',
      'file a.txt',
      'file b.txt',
      'OS.unix=slink:none dangling',
      'dir dir',
      'OS.unix=slink:b.txt to-b',
    ],
  )
  assert.equal(lines.find((line) => line?.name === 'b.txt')?.facts.get('size'), '7')
  await client.say('OPTS MLST type;')
  assert.deepEqual(linesOf((await client.fetch('MLSD dir')).data), [
    'type=cdir; .',
    'type=pdir; ..',
    'type=file; inner',
  ])
  await client.say('OPTS MLST')
  assert.deepEqual(linesOf((await client.fetch('MLSD dir')).data), [' .', ' ..', ' inner'])
})

test('MLST and STAT over the control connection', async () => {
  const { client } = await listed()
  await client.say('OPTS MLST type;size;')
  assert.equal(await client.say('MLST dir/../b.txt'), '250-Listing\r\n type=file;size=7; /b.txt\r\n250 End\r\n')
  assert.equal(await client.say('MLST'), '250-Listing\r\n type=dir; /\r\n250 End\r\n')
  assert.match(await client.say('MLST to-b'), / type=OS\.unix=slink:b\.txt; \/to-b\r\n/)
  assert.match(await client.say('STAT *.txt'), /^213-Status[^]* a\.txt\r\n[^]* b\.txt\r\n213 End/)
})

test('names with line ends stand in LIST alone, where nobody can take them for two', async () => {
  const { client, tree } = await listed()
  tree.put('/dir/a\r\nb', 'x', 0)
  assert.deepEqual(linesOf((await client.fetch('NLST dir')).data), ['dir/inner'])
  assert.equal(linesOf((await client.fetch('MLSD dir')).data).length, 3)
  assert.match((await client.fetch('LIST dir')).data, / a\?\?b\r\n/)
  assert.match(await client.say('STAT dir'), / a\?\?b\r\n/)
})

test('a folder of thousands of names of any bytes', async () => {
  const { client, tree } = await listed()
  const names = Array.from({ length: 5000 }, (_, at) => `${'n'.repeat(at % 200)}\udcff${at}`)
  for (const name of names) tree.put(`/many/${name}`, '', 0)
  const { data } = await client.fetch('NLST many')
  const bytes = names.map((name) => `many/${name.replaceAll('\udcff', '\u00ff')}`).toSorted()
  assert.deepEqual(linesOf(data).toSorted(), bytes)
})
