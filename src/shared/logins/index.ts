// What protocols with logins hold against guessing: bad logins are answered ever later, then end the connection, then
// shut their peer out for a while; and a peer has no more than so many connections.

export { BadLogins, DEFAULT_LOGIN_LIMITS } from './bad-logins.ts'
export { PeerCount } from './peer-count.ts'
