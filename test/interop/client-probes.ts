// What a client tries, as a script for `joinClient().client`. Prints one JSON object: each probe by its name, and how it ended.

/** `tcp 192.0.2.2 25`: connects, hears one line. `udp 192.0.2.2 53`: sends `hello` three times, hears the answers and their source. */
export function probeScript(probes: readonly string[]): string {
  return `
import net from 'node:net'
import dgram from 'node:dgram'
const SILENT_MS = 700
const tcp = (ip, port) => new Promise((resolve) => {
  const socket = net.connect(port, ip)
  const silent = setTimeout(() => { socket.destroy(); resolve('silence') }, SILENT_MS)
  const settle = (outcome) => { clearTimeout(silent); socket.destroy(); resolve(outcome) }
  socket.on('data', (data) => settle(data.toString()))
  socket.on('error', (error) => settle(error.code))
})
const udp = (ip, port) => new Promise((resolve) => {
  const socket = dgram.createSocket(ip.includes(':') ? 'udp6' : 'udp4')
  const heard = []
  const settle = (outcome) => { clearTimeout(silent); socket.close(); resolve(outcome) }
  const silent = setTimeout(() => settle('silence'), SILENT_MS)
  socket.on('error', (error) => settle(error.code))
  socket.on('message', (data, from) => {
    heard.push(data + ' from ' + from.address + ' ' + from.port)
    if (heard.length === 3) settle(heard.join('; '))
    else socket.send('hello')
  })
  socket.connect(port, ip, () => socket.send('hello'))
})
const outcomes = {}
await Promise.all(${JSON.stringify(probes)}.map(async (probe) => {
  const [transport, ip, port] = probe.split(' ')
  outcomes[probe] = await (transport === 'tcp' ? tcp : udp)(ip, Number(port))
}))
console.log(JSON.stringify(outcomes))
`
}
