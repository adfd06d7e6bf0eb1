// What one world's mail may come to. Beyond it a change fails with a value, or an address has no account.

/** Octets of one level of a mailbox name: what one file name may have elsewhere (NAME_MAX), so that Maildir peers can hold it. */
export const LEVEL_MAX_BYTES = 255
/** Octets of a whole mailbox name, so that a command with two of them stays far below a line of IMAP (8,192, RFC 7162 §4). */
export const NAME_MAX_BYTES = 1000
/** Mailboxes of one account: each costs memory once the account is looked at. */
export const MAILBOXES_MAX = 10_000
/** Subscribed names of one account: as many as mailboxes. */
export const SUBSCRIPTIONS_MAX = 10_000
/** Octets of one keyword: it goes into each FETCH answer. */
export const KEYWORD_MAX_BYTES = 255
/** Keywords on one message; Dovecot's Maildir has 26. */
export const KEYWORDS_MAX = 64
/** Combinations of flags that are remembered to be shared; the rest still work, and cost memory each. */
export const FLAG_SETS_MAX = 20_000
/** Accounts asked for in a world that has one for any address. */
export const ACCOUNTS_MAX = 100_000
/** Octets of an address: a local part of 64, an at sign and a domain of 255 (RFC 5321 §4.5.3.1). */
export const ADDRESS_MAX_BYTES = 320
/** Expunge steps of one mailbox that are remembered for QRESYNC; older ones make a client look again itself (RFC 7162 §3.2.5.1). */
export const EXPUNGE_LOG_MAX = 1000
/** Names whose mailbox is gone, remembered with their UIDVALIDITY, for each account. */
export const GONE_NAMES_MAX = 10_000
/** The highest uid (RFC 9051 §2.3.1.1: 32 bits, not 0). */
export const UID_MAX = 4_294_967_295
/** Octets of all messages of one account: 1 GiB. */
export const STORAGE_MAX_BYTES = 1_073_741_824
/** Messages of one account. */
export const MESSAGES_MAX = 1_000_000
