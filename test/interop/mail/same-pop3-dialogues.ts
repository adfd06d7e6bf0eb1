// The dialogues with which two POP3 servers are compared, by what they are about; `same-pop3-dialogue.ts` says how they are
// written. Each has an account of its own with the mails below in its INBOX.

const LOG_IN = 'A: USER $USER\nA: PASS $USER'

export const POP3_MAILS: readonly string[] = [
  'From: a@harbor.test\r\nSubject: one\r\n\r\nfirst line\r\nsecond line\r\nthird line\r\n',
  'Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n...\r\nend .\r\n',
  'Subject: no line end\r\n\r\nlast',
  'Subject: only a header\r\n\r\n',
  `Subject: long\r\n\r\n${'x'.repeat(2000)}\r\n`,
  'Subject: 8-bit\r\n\r\n\u00e9\u00ff\r\n',
]

export const DIALOGUES: Readonly<Record<string, string>> = {
  reading: `
    A: CAPA
    ${LOG_IN}
    A: CAPA
    A: STAT
    A: LIST
    A: LIST 1
    A: LIST 2
    A: LIST 9
    A: LIST 0
    A: LIST -1
    A: LIST x
    A: LIST 1 2
    A: UIDL
    A: UIDL 1
    A: UIDL 9
    A: UIDL x
    A: RETR 1
    A: RETR 2
    A: RETR 3
    A: RETR 4
    A: RETR 5
    A: RETR 6
    A: RETR 9
    A: RETR
    A: RETR 1x
    A: RETR 99999999999999999999
    A: TOP 1 0
    A: TOP 1 1
    A: TOP 1 2
    A: TOP 1 99
    A: TOP 2 3
    A: TOP 3 1
    A: TOP 4 1
    A: TOP 1
    A: TOP 9 1
    A: TOP 1 -1
    A: TOP 1 x
    A: TOP
    A: NOOP
    A: retr 4
    A: QUIT
  `,
  deleting: `
    ${LOG_IN}
    A: DELE 1
    A: DELE 1
    A: DELE 9
    A: DELE
    A: DELE x
    A: STAT
    A: LIST
    A: LIST 1
    A: UIDL
    A: UIDL 1
    A: RETR 1
    A: TOP 1 1
    A: RSET
    A: STAT
    A: LIST 1
    A: DELE 2
    A: DELE 3
    A: QUIT
    B: USER $USER
    B: PASS $USER
    B: STAT
    B: UIDL
    B: DELE 1
    B: QUIT
    C: USER $USER
    C: PASS $USER
    C: LIST
    C: UIDL
  `,
  logins: `
    A: STAT
    A: RETR 1
    A: PASS x
    ~B: USER # a name must follow (RFC 1939 §7)
    B: USER nobody
    B: PASS wrong
    C: USER $USER
    C: NOOP
    C: PASS $USER
    C: USER $USER
    C: PASS $USER
    C: AUTH PLAIN
    C: QUIT
    D: AUTH
    ~D: AUTH BOGUS # [AUTH] says that credentials were wrong (RFC 3206 §4), and there were none
    D: AUTH PLAIN
    D: $PLAIN
    D: STAT
    D: QUIT
    E: AUTH PLAIN $PLAIN
    E: STAT
    E: QUIT
    F: AUTH PLAIN
    F: *
    F: AUTH PLAIN
    ~F: !!! # the same
    G: AUTH LOGIN
    G: bm9ib2R5
    G: d3Jvbmc=
    H: QUIT
    I: APOP $USER c4c9334bac560ecc979e58001b3e22fb
    I: NOOP
  `,
  mistakes: `
    ${LOG_IN}
    A: BOGUS
    A: 
    ~A: STAT x # nothing stands behind it (RFC 1939 §5)
    ~A: NOOP x # the same
    ~A: RSET x # the same
    A: LAST
    A: XTND
    A: noop
    A: LIST  1
    ~A: QUIT x # the same
  `,
  pipelining: `
    A| USER $USER, PASS $USER, STAT, LIST, UIDL, RETR 1, DELE 1, DELE 9, STAT, RSET, NOOP, QUIT
    B| CAPA, USER $USER, PASS $USER, TOP 2 1, RETR 2, RETR 3, BOGUS, STAT
  `,
  'two sessions': `
    ${LOG_IN}
    A: STAT
    B: USER $USER
    ~B: PASS $USER # one session has the maildrop (RFC 1939 §4); Dovecot lets several in, or has them wait
    A: QUIT
    C: USER $USER
    C: PASS $USER
    C: STAT
    C: QUIT
  `,
  'lines that are too long': `
    ~A: USER ${'x'.repeat(300)} # a line has 255 octets at most (RFC 2449 §4)
    A: NOOP
    B: USER $USER
    B: PASS $USER
    ~B: NOOP ${'x'.repeat(300)} # the same
    B: RETR ${'1'.repeat(300)}
    B: STAT
  `,
}
