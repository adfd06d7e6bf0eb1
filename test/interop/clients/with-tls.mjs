// Serves TLS on loopback while a command runs: `with-tls.mjs FOLDER COMMAND...`. Each NAME.pem of the folder (key and
// certificate) is served at the port that `ports.json` gives it; every answer is one small page.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'

const [folder, program, ...words] = process.argv.slice(2)
const ports = JSON.parse(readFileSync(join(folder, 'ports.json'), 'utf8'))
for (const [name, port] of Object.entries(ports)) {
  const pem = readFileSync(join(folder, `${name}.pem`))
  const server = createServer({ key: pem, cert: pem }, (_request, response) => {
    response.end(`<title>${name}</title>`)
  })
  server.listen(port, '::')
  await once(server, 'listening')
}
const [code] = await once(spawn(program, words, { stdio: 'inherit' }), 'exit')
process.exit(code)
