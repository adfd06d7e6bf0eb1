import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { program } from './program.ts'

const root = program()

test('every command describes itself and shows an example, or needs none', () => {
  for (const command of root.commands) {
    assert.notEqual(command.description(), '', command.name())
    let help = ''
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
    if (command.name() !== 'doctor') assert.match(help, /Examples:\n {2}\$ portolan /, command.name())
  }
})

test('README lists every command', () => {
  const readme = readFileSync('README.md', 'utf8')
  for (const command of root.commands) assert.match(readme, new RegExp(`\`${command.name()}\\b`), command.name())
})

test('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  assert.equal(root.version(), version)
})
