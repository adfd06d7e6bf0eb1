// The page of a web server that was given nothing to serve: who this is, and who else lives in the world.

import type { HostView, WorldView } from '../../../core/index.ts'
import type { Request, Response } from '../messages.ts'
import { escapeHtml, htmlResponse } from './html.ts'

/** Hosts that the page shows; the rest is counted. */
const HOSTS_MAX = 100

/** Says the host's name, or the name that was asked for in a world that answers for every name. */
export function welcomeResponse(request: Request, world: WorldView): Response {
  const { host, hosts } = world
  const name = isOwn(request.host, host) || request.host === '' ? host.name : request.host
  const shown = hosts.filter((other) => other.services.length > 0).slice(0, HOSTS_MAX)
  const more = hosts.length > HOSTS_MAX ? `<p>and ${hosts.length - HOSTS_MAX} more</p>` : ''
  const content =
    `<p>You have reached <b>${escapeHtml(name)}</b> at ${escapeHtml(host.addresses.join(', '))}. ` +
    'It lives in a private internet on this machine: nothing that you send here leaves it.</p>\n' +
    '<table>\n<tr><th>host</th><th>addresses</th><th>services</th></tr>\n' +
    `${shown.map((other) => row(other, host)).join('\n')}\n</table>${more}\n` +
    '<footer>Portolan. Give this host a <code>site</code> or <code>pages</code> to show something else.</footer>'
  return htmlResponse(name, content)
}

function isOwn(name: string, host: HostView): boolean {
  return name === host.name || host.aliases.includes(name) || host.addresses.includes(name)
}

function row(other: HostView, self: HostView): string {
  const name = escapeHtml(other.name)
  const linked = other.services.includes('http') ? `<a href="http://${name}/">${name}</a>` : name
  const shown = other.name === self.name ? `<b>${linked}</b>` : linked
  const cells = [shown, escapeHtml(other.addresses.join(', ')), escapeHtml(other.services.join(', '))]
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
}
