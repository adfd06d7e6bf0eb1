// Where a world keeps its mail.

/** In the state folder: mailboxes and what waits to be sent on. */
export const MAIL_FILE = 'mail.sqlite'
