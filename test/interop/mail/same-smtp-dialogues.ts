// The dialogues with which two SMTP servers are compared, by what they are about; `same-smtp-dialogue.ts` says how they are
// written. Messages have 10 KiB at most; alice and bob at peer.test are known.

const SMALL = String.raw`Subject: x\n\nhello\n.`

export const DIALOGUES: Readonly<Record<string, string>> = {
  'one mail after the other': String.raw`
    A: EHLO client.test
    A: MAIL FROM:<sender@far.test>
    A: RCPT TO:<bob@peer.test>
    A: DATA
    A: ${SMALL}
    A: MAIL FROM:<>
    A: RCPT TO:<alice@peer.test>
    A: RCPT TO:<bob@peer.test>
    A: DATA
    A: ..\n..\n.
    A: RSET
    A: NOOP
    A: NOOP with words
    ~A: HELP # HELP is answered (RFC 5321 §4.1.1.8)
    A: QUIT
    B: HELO client.test
    B: MAIL FROM:<sender@far.test>
    B: RCPT TO:<BOB@PEER.TEST>
    B: DATA
    B: ${SMALL}
    B: QUIT
  `,
  'out of order': String.raw`
    A: MAIL FROM:<a@far.test>
    A: RCPT TO:<bob@peer.test>
    A: DATA
    A: BDAT 0 LAST
    A: EHLO client.test
    A: RCPT TO:<bob@peer.test>
    A: DATA
    A: BDAT 0 LAST
    A: MAIL FROM:<a@far.test>
    A: DATA
    A: MAIL FROM:<b@far.test>
    A: EHLO client.test
    A: RCPT TO:<bob@peer.test>
    A: MAIL FROM:<a@far.test>
    A: RCPT TO:<bob@peer.test>
    A: RSET
    A: DATA
    A: HELO client.test
    ~A: AUTH PLAIN AGFsaWNlAGFsaWNl # not on this port: 502 here
    A: STARTTLS
    ~A: STARTTLS # a command out of sequence (RFC 5321 §4.3.2: 503)
    A: MAIL FROM:<a@far.test>
    A: EHLO client.test
    A: MAIL FROM:<a@far.test>
    A: QUIT
  `,
  'syntax of commands': String.raw`
    ~A: BOGUS # what is unknown is an invalid command here (RFC 3463 §3.6: X.5.1), bad syntax there
    A: EHLO
    A: HELO
    A: ehlo client.test
    A: EHLO [192.0.2.1]
    A: EHLO not_a_name
    ~A: EHLO two words # a name has no space (RFC 5321 §4.1.1.1)
    A: HELO [bad
    ~A:  # the same as BOGUS
    A: MAIL
    A: MAIL FROM
    ~A: MAIL FROM: # no address is a bad address here
    A: MAIL TO:<a@far.test>
    A: MAIL FROM a@far.test
    B: EHLO client.test
    B: mail from:<a@far.test>
    B: RSET
    B: MAIL FROM: <a@far.test>
    B: RSET
    B: MAIL FROM:a@far.test
    B: RSET
    B: MAIL FROM:<a@far.test
    B: RSET
    B: MAIL FROM:<a@far.test> BOGUS=1
    B: MAIL FROM:<a@far.test> SIZE=x
    ~B: MAIL FROM:<a@far.test> BODY=BOGUS # a wrong value (RFC 5321 §4.2.3: 501), not a parameter that is unknown
    B: MAIL FROM:<a@far.test> BODY=8BITMIME SIZE=100
    B: RCPT
    B: RCPT TO
    ~B: RCPT TO: # the same as MAIL FROM:
    B: RCPT TO:<>
    B: RCPT FROM:<bob@peer.test>
    B: RCPT TO:<bob@peer.test> BOGUS=1
    B: RCPT TO:<bob@peer.test
    ~B: DATA now # its syntax is looked at first here
    B: RSET now
    ~B: QUIT now # QUIT takes nothing (RFC 5321 §4.1.1.10)
    C: EHLO client.test
    C: VRFY
    C: VRFY bob@peer.test
    ~C: EXPN list # known and refused: 502 here
    ~C: ETRN peer.test # RFC 1985 is not offered
    ~C: TURN # the same as BOGUS
    ~C: SEND FROM:<a@far.test> # the same
    ~C: XCLIENT NAME=x # not offered
    ~C: GET / HTTP/1.1 # Postfix hangs up
  `,
  addresses: String.raw`
    A: EHLO client.test
    A: MAIL FROM:<"a b"@far.test>
    A: RSET
    A: MAIL FROM:<a@[192.0.2.1]>
    A: RSET
    A: MAIL FROM:<@relay.test:a@far.test>
    A: RSET
    A: MAIL FROM:<a@>
    A: RSET
    ~A: MAIL FROM:<@far.test> # no mailbox (RFC 5321 §4.1.2)
    A: RSET
    ~A: MAIL FROM:<a> # a sender has a domain (RFC 5321 §2.3.5)
    A: RSET
    ~A: MAIL FROM:<a..b@far.test> # no dot-string (RFC 5321 §4.1.2)
    A: RSET
    A: MAIL FROM:<a@far..test>
    A: RSET
    ~A: MAIL FROM:<a@b@far.test> # the same
    A: RSET
    A: MAIL FROM:<${'x*100'}@far.test>
    A: RSET
    A: MAIL FROM:<a@localhost>
    A: RSET
    ~A: MAIL FROM:<a@far_test> # no underscore is in a domain (RFC 5321 §4.1.2)
    A: RSET
    A: MAIL FROM:<a@-far.test>
    A: RSET
    A: MAIL FROM:<a@[IPv6:2001:db8::1]>
    A: RSET
    A: MAIL FROM:<a@[2001:db8::1]>
    A: RSET
    A: MAIL FROM:<a@[bogus]>
    A: RSET
    A: MAIL FROM:<!#$%&'*+-/=?^_{|}~@far.test>
    A: RSET
    A: MAIL FROM:<"a\"b"@far.test>
    A: RSET
    A: MAIL FROM:<""@far.test>
    A: RSET
    A: MAIL FROM:<a@far.test>  SIZE=100
    A: RSET
    A: MAIL FROM:<a@far.test>SIZE=100
    A: RSET
    A: MAIL  FROM:<a@far.test>
    A: RSET
    A: MAIL FROM :<a@far.test>
    A: RSET
    A: MAIL FROM:<a@far.test> junk
    A: RSET
    ~A: MAIL FROM:<a@far.test> SIZE=1 SIZE=2 # a parameter stands once (RFC 5321 §4.1.1.11)
    A: RSET
    A: MAIL FROM:<a@far.test> size=1 body=8bitmime
    A: RSET
    A: MAIL FROM:<a@far.test>
    A: RCPT TO:<nobody@peer.test>
    ~A: RCPT TO:<bob+tag@peer.test> # what stands behind a + is for bob; there it is not set up so
    ~A: RCPT TO:<bob@far.test> # 550 (RFC 5321 §3.6.2), and 554 there
    ~A: RCPT TO:<bob> # a recipient has a domain unless it is Postmaster (RFC 5321 §4.1.1.3)
    A: RCPT TO:<postmaster>
    ~A: RCPT TO:<Postmaster@peer.test> # a domain has one (RFC 5321 §4.5.1)
    A: RCPT TO:<bob@peer.test>
    A: RCPT TO:<bob@peer.test>
    A: RCPT TO:<@relay.test:bob@peer.test>
    ~A: RCPT TO:<bob%far.test@peer.test> # a name that nobody has; there a way to relay
    ~A: RCPT TO:<far.test!bob@peer.test> # the same
    A: RCPT TO:<"bob"@peer.test>
    ~A: RCPT TO:<bob@peer.test.> # no dot ends a domain (RFC 5321 §4.1.2)
    A: DATA
    A: ${SMALL}
  `,
  'relay attempts': String.raw`
    A: EHLO client.test
    A: MAIL FROM:<alice@peer.test>
    ~A: RCPT TO:<victim@far.test> # 550 (RFC 5321 §3.6.2), and 554 there
    ~A: RCPT TO:<victim@[192.0.2.1]> # the same
    A: DATA
    A: RSET
    A: MAIL FROM:<>
    ~A: RCPT TO:<victim@far.test> # the same
    ~A: RCPT TO:<victim@far.test@peer.test> # no dot-string (RFC 5321 §4.1.2)
    ~A: RCPT TO:<"victim@far.test"@peer.test> # a name that nobody has; there a way to relay
  `,
  sizes: String.raw`
    A: EHLO client.test
    A: MAIL FROM:<a@far.test> SIZE=10240
    A: RSET
    A: MAIL FROM:<a@far.test> SIZE=20000
    A: MAIL FROM:<a@far.test> SIZE=99999999999999999999
    A: MAIL FROM:<a@far.test> SIZE=0
    A: RCPT TO:<bob@peer.test>
    A: DATA
    A: Subject: big\n\n${'x*900'}\n${'y*900'}\n${'z*900'}\n${'x*900'}\n${'y*900'}\n${'z*900'}\n${'x*900'}\n${'y*900'}\n${'z*900'}\n${'x*900'}\n${'y*900'}\n${'z*900'}\n${'z*900'}\n.
    A: MAIL FROM:<a@far.test>
    A: RCPT TO:<bob@peer.test>
    A: DATA
    A: ${SMALL}
    A: MAIL FROM:<a@far.test>
    A: RCPT TO:<bob@peer.test>
    A+ BDAT 20000\n${'x*20000'}
    ~A+ BDAT 5 LAST\nhello # the mail is over with the chunk that was too much (RFC 3030 §2: 503 then)
    A: MAIL FROM:<a@far.test>
    B: EHLO client.test
    B: MAIL FROM:<a@far.test> SIZE=20000
    ~B: MAIL FROM:<a@far.test> # a size that was refused is forgotten here
  `,
  chunks: String.raw`
    A: EHLO client.test
    A: MAIL FROM:<a@far.test>
    A: RCPT TO:<bob@peer.test>
    A+ BDAT 14\nSubject: x\n\n
    A+ BDAT 7\nhello\n
    A: BDAT 0 LAST
    A: MAIL FROM:<a@far.test>
    A: RCPT TO:<bob@peer.test>
    A+ BDAT 5 LAST\nhello
    A: MAIL FROM:<a@far.test>
    A: RCPT TO:<bob@peer.test>
    A+ BDAT 5\nhello
    A: DATA
    A: RCPT TO:<alice@peer.test>
    A: MAIL FROM:<a@far.test>
    A: NOOP
    A: RSET
    A: MAIL FROM:<a@far.test>
    A: RCPT TO:<nobody@peer.test>
    A+ BDAT 5 LAST\nhello
    A: RSET
    A: MAIL FROM:<a@far.test>
    A+ BDAT 5 LAST\nhello
    A: NOOP
    B: EHLO client.test
    ~B: MAIL FROM:<a@far.test> BODY=BINARYMIME # BINARYMIME is not offered there
    ~B: RCPT TO:<bob@peer.test> # the same
    B: DATA
    B: RSET
    B: QUIT
    C: EHLO client.test
    C+ BDAT 4\nab\n
    ~C: MAIL FROM:<a@far.test> # a chunk that was refused is over with its reply; there it waits for its last one
    C: RSET
    C: MAIL FROM:<a@far.test>
  `,
  'delivery status': String.raw`
    A: EHLO client.test
    A: MAIL FROM:<a@far.test> RET=FULL ENVID=abc
    A: RCPT TO:<bob@peer.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob@peer.test
    A: RCPT TO:<bob@peer.test> NOTIFY=NEVER
    A: RCPT TO:<bob@peer.test> NOTIFY=NEVER,SUCCESS
    A: RCPT TO:<bob@peer.test> NOTIFY=BOGUS
    A: RCPT TO:<bob@peer.test> NOTIFY=
    A: RCPT TO:<bob@peer.test> ORCPT=bad
    A: RSET
    A: MAIL FROM:<a@far.test> RET=BOGUS
    A: MAIL FROM:<a@far.test> RET=
    A: MAIL FROM:<a@far.test> ENVID=a+3Db
    A: RSET
    A: MAIL FROM:<a@far.test> ENVID=
    A: RSET
    A: MAIL FROM:<a@far.test> ENVID=a+ZZ
    A: RSET
    A: MAIL FROM:<a@far.test> RET=HDRS RET=FULL
  `,
  'eight bits': String.raw`
    A: EHLO client.test
    A: MAIL FROM:<a@far.test> BODY=7BIT
    A: RCPT TO:<bob@peer.test>
    A: DATA
    A: Subject: x\n\n\8\8\n.
    A: MAIL FROM:<a@far.test> SMTPUTF8
    A: RCPT TO:<bob@peer.test>
    A: DATA
    A: ${SMALL}
    A: MAIL FROM:<\8@far.test>
    A: RSET
    A: MAIL FROM:<\8@far.test> SMTPUTF8
    A: RSET
    A: MAIL FROM:<a@far.test>
    A: RCPT TO:<\8@peer.test>
    A: RSET
    ~A: MAIL FROM:<a@far.test> SMTPUTF8=x # a wrong value (RFC 5321 §4.2.3: 501), not a parameter that is unknown
  `,
  'lines of messages': String.raw`
    A: EHLO client.test
    A: MAIL FROM:<a@far.test>
    A: RCPT TO:<bob@peer.test>
    A: DATA
    A: Subject: long\n\n${'x*3000'}\n.
    A: MAIL FROM:<a@far.test>
    A: RCPT TO:<bob@peer.test>
    A: DATA
    A: .
    A: MAIL FROM:<a@far.test>
    A: RCPT TO:<bob@peer.test>
    A: DATA
    A: no header at all\n.
    A: NOOP
    B: EHLO client.test
    B: MAIL FROM:<a@far.test>
    B: RCPT TO:<bob@peer.test>
    B: DATA
    ~B: Subject: bare\n\nx\l.\l\ny\n. # an LF alone ends no line, and is refused so that no server reads another end (RFC 5321 §2.3.8)
    C: EHLO client.test
    C: MAIL FROM:<a@far.test>
    C: RCPT TO:<bob@peer.test>
    C: DATA
    ~C: Subject: bare\n\nx\r.\r\ny\n. # the same for a CR
    D: EHLO client.test
    D: MAIL FROM:<a@far.test>
    D: RCPT TO:<bob@peer.test>
    D: DATA
    ~D: Subject: nul\n\nx\0y\n. # a NUL is in no message (RFC 5322 §4)
  `,
  'lines of commands': String.raw`
    A: EHLO client.test
    A: NOOP ${'x*1000'}
    ~A: MAIL FROM:<a@far.test> ${'x*3000'} # a line of 2,048 octets at most
    A: NOOP
    ~A+ NOOP\l # an LF alone ends no line (RFC 5321 §2.3.8)
    A: RSET
  `,
  pipelining: String.raw`
    A| EHLO client.test ; MAIL FROM:<a@far.test>
    B: EHLO client.test
    B| MAIL FROM:<a@far.test> ; RCPT TO:<nobody@peer.test> ; RCPT TO:<bob@peer.test> ; DATA
    B| ${SMALL} ; MAIL FROM:<a@far.test> ; RCPT TO:<nobody@peer.test> ; DATA ; RSET ; NOOP ; QUIT
    C: EHLO client.test
    C| MAIL FROM:<a@far.test> ; RCPT TO:<bob@peer.test> ; BDAT 4 LAST\nhi ; NOOP
  `,
  submission: String.raw`
    a: EHLO client.test
    a: NOOP
    a: MAIL FROM:<alice@peer.test>
    a: RCPT TO:<bob@peer.test>
    a: AUTH PLAIN AGFsaWNlQHBlZXIudGVzdABhbGljZQ==
    a: VRFY bob@peer.test
    a: STARTTLS now
    a: STARTTLS
    ~a: MAIL FROM:<alice@peer.test> # a login comes first (RFC 4954 §6: 530 5.7.0); there the refusal waits for RCPT
    a: EHLO client.test
    ~a: MAIL FROM:<alice@peer.test> # the same
    ~a: RCPT TO:<bob@peer.test> # the same
    a: RSET
    a: AUTH
    ~a: AUTH BOGUS # an unknown mechanism (RFC 4954 §4: 504 5.5.4)
    a: AUTH PLAIN
    a: *
    a: AUTH PLAIN
    ~a: !!! # no base64 (RFC 4954 §4: 501 5.5.2)
    ~a: AUTH PLAIN = # the same for no message of PLAIN
    a: AUTH PLAIN AGFsaWNlQHBlZXIudGVzdAB3cm9uZw==
    a: AUTH LOGIN
    a: YWxpY2VAcGVlci50ZXN0
    a: YWxpY2U=
    a: AUTH PLAIN AGFsaWNlQHBlZXIudGVzdABhbGljZQ==
    ~a: STARTTLS # a command out of sequence (RFC 5321 §4.3.2: 503)
    a: MAIL FROM:<alice@peer.test> AUTH=<>
    a: AUTH PLAIN AGFsaWNlQHBlZXIudGVzdABhbGljZQ==
    a: RCPT TO:<bob@peer.test>
    a: RCPT TO:<far@far.test>
    a: RCPT TO:<nobody@peer.test>
    a: DATA
    a: ${SMALL}
    a: QUIT
  `,
  'too many mistakes': `
    A: EHLO client.test
    ${'A: DATA\n'.repeat(20)}
    A: DATA
    A: NOOP
  `,
}
