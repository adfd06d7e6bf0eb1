// How large a world may be. All of these are ours: far above what people write by hand, and low enough that a
// hostile file is refused before it costs memory.

/** Bytes of a world file. */
export const FILE_MAX_BYTES = 1 << 20
/** Domains; the ranges from which their hosts get addresses number 258. */
export const DOMAINS_MAX = 128
export const HOSTS_MAX = 4096
/** Aliases of one host, addresses of one host. */
export const NAMES_PER_HOST_MAX = 256
/** Services of one host. */
export const SERVICES_PER_HOST_MAX = 64
/** Record lines of one domain. */
export const RECORDS_PER_DOMAIN_MAX = 10_000
export const USERS_MAX = 10_000
/** Firewall rules; faults. */
export const RULES_MAX = 1000
export const PORT_ASSIGNMENTS_MAX = 1000
/** Problems that are shown; a file can hold more. */
export const PROBLEMS_SHOWN_MAX = 50
