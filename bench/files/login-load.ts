// Logs in over SSH again and again, many at a time, and prints how many a second. A program of its own, so that what it
// spends is on another core. Usage: login-load.ts IP PORT USER KEY LOGINS CONNECTIONS

import { readFileSync } from 'node:fs'
import ssh2 from 'ssh2'

/** Logins before the clock starts: until V8 has compiled what they need. */
const WARM_UPS = 100
const LOGIN_MAX_MS = 30_000
const [ip = '', port, username = '', key = '', logins, connections] = process.argv.slice(2)
const privateKey = readFileSync(key)

await logIn(WARM_UPS)
const begun = performance.now()
await logIn(Number(logins))
console.log(`${((Number(logins) * 1000) / (performance.now() - begun)).toFixed(1)} logins/s`)

async function logIn(count: number): Promise<void> {
  let left = count
  const next = async (): Promise<void> => {
    while (left-- > 0) await once()
  }
  await Promise.all(Array.from({ length: Number(connections) }, next))
}

/** Rejects when it is refused. */
function once(): Promise<void> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client()
    client.on('ready', () => client.end())
    client.on('close', () => resolve())
    client.on('error', reject)
    client.connect({
      host: ip,
      port: Number(port),
      username,
      privateKey,
      readyTimeout: LOGIN_MAX_MS,
      algorithms: { kex: ['curve25519-sha256'], serverHostKey: ['ssh-ed25519'], cipher: ['aes128-gcm@openssh.com'] },
    })
  })
}
