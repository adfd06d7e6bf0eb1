// The one key of a world that takes long to make: it may be begun before anything else is loaded.

export { generateRsaHostKey } from '../shared/ssh-keys/rsa.ts'
