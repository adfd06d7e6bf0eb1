// Names of hosts and domains, as everything here keeps them.

/** A name in lower case without the trailing dot. */
export type Name = string
