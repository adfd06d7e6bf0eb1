// Real programs of this machine, started for somebody who logs in on a host of a world (`exec: real`). They run as the
// world's own user, in whatever namespaces the caller's `wrap` puts them; nothing here makes them less than that user.
// Each is a session of its own, with pipes or a terminal, and none of them outlives `stop`.

export { shellOf } from './login-shell.ts'
export { processesLetIn } from './sessions.ts'
export { startPrograms, type RealPrograms } from './start-programs.ts'
export { asWorldUser } from './world-user.ts'
