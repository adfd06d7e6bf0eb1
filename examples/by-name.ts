// Reaching a world under its own names and ports, with Node's own clients: `node by-name.ts`.

import { get } from 'node:https'
import { text } from 'node:stream/consumers'
import { startWorld } from 'portolan'
import { agents } from 'portolan/testing'

await using world = await startWorld()
const { https } = agents(world)

const page = await new Promise<string>((resolve, reject) => {
  get('https://www.harbor.test/', { agent: https }, (answer) => resolve(text(answer))).on('error', reject)
})
console.log(`${page.length} characters from www.harbor.test, which stands at ${world.url('https://www.harbor.test/')}`)

// A name that the world lacks fails: nothing leaves this process.
await new Promise<void>((resolve) => {
  get('https://www.example.test/', { agent: https }).on('error', (error) => {
    console.log(error.message)
    resolve()
  })
})
console.log(world.report())
