// The dialogues with which two IMAP servers are compared, by what they are about; `same-imap-dialogue.ts` says how they are
// written. Each has an account of its own.

export const DIALOGUES: Readonly<Record<string, string>> = {
  'mailboxes and their names': `
    A: LIST "" ""
    A: LIST "" *
    A: LIST "" %
    A: LIST "" INBOX
    A: LIST "" inbox
    A: LIST "" "nosuch"
    A: CREATE one
    A: CREATE one
    A: CREATE one/two
    A: CREATE one/two/three
    A: CREATE four/
    A: LIST "" four*
    A: CREATE INBOX
    A: CREATE inbox
    A: CREATE INBOX/below
    A: CREATE ""
    A: CREATE /
    A: CREATE a//b
    A: CREATE /a
    A: CREATE "a*b"
    A: CREATE "a%b"
    A: LIST "" *
    A: LIST "" %
    A: LIST "" %/%
    A: LIST "" */three
    A: LIST one *
    A: LIST one/ %
    A: LIST "one/" "two"
    A: LIST "" one/%
    A: LIST "" one*
    A: LIST "" "*three"
    A: DELETE nosuch
    A: DELETE INBOX
    A: CREATE r
    A: CREATE r/s
    A: RENAME r q
    A: LIST "" q*
    A: LIST "" r*
    A: RENAME q q/below
    A: RENAME q one/two/q
    A: LIST "" *q*
    A: RENAME nosuch other
    A: RENAME one/two/q one/two/three
    A: RENAME one/two/q/s INBOX
    A: CREATE {=lit}
    A: LIST "" lit
    A: CREATE "quo\\"ted"
    A: LIST "" quo*
    A: CREATE &AOk-t&AOk-
    A: LIST "" *t*
    A: CREATE "&bad"
    A: CREATE "&AGE-"
    A: DELETE lit
    A: STATUS lit (MESSAGES)
  `,
  'patterns of names': `
    A: CREATE Foo
    A: CREATE Foo/Bar
    A: CREATE foo
    A: CREATE INBOX/In
    A: CREATE "with space"
    A: CREATE "par(en"
    A: LIST "" foo*
    A: LIST "" inb*
    A: LIST "" InBoX
    A: LIST "" INBOX*
    A: LIST "" INBOX/%
    A: LIST "" inbox/in
    A: LIST INBOX ""
    A: LIST INBOX/ %
    A: LIST inbox/ %
    A: LIST "" Foo/
    A: LIST "" "Foo/%"
    A: LIST "" "%o"
    A: LIST "" "*o*"
    A: LIST "" "F%r"
    A: LIST "" "F*r"
    A: LIST "" "**"
    A: LIST "" "%%"
    A: LIST "" "with*"
    A: LIST "" with%space
    A: LIST "" "par(*"
    A: LIST "/" "*"
    A: LIST "/" "%"
    A: LIST "Foo" "/Bar"
    A: LIST "Foo/" "/Bar"
    A: LIST "F" "oo"
    A: LIST "%" "Bar"
    A: LIST "*" ""
    A: LIST nosuch ""
    A: RENAME Foo/Bar foo/Bar
    A: LIST "" "*Bar"
    A: RENAME INBOX/In In
    A: LIST "" "*In"
    A: SELECT inbox/nosuch
    ~A: STATUS iNbOx (MESSAGES) # told by its own name here, by the one that was used there
    A: SUBSCRIBE inbox
    A: LSUB "" inbox
  `,
  'several commands at once': `
    A: APPEND INBOX {=Subject: one\\n\\none}
    A: APPEND INBOX (\\Seen) {=Subject: two\\n\\ntwo}
    A: APPEND INBOX {=Subject: three\\n\\nthree}
    A| SELECT INBOX ; STORE 2 +FLAGS (\\Deleted) ; FETCH 1:* (UID FLAGS) ; EXPUNGE ; NOOP
    A| FETCH 1:* (UID FLAGS) ; SEARCH ALL ; UID SEARCH UNSEEN
    A| SEARCH RETURN (SAVE) UNSEEN ; STORE $ +FLAGS (\\Seen) ; FETCH $ FLAGS ; COPY $ Trash ; STATUS Trash (MESSAGES)
    A| CREATE x ; SUBSCRIBE x ; LIST "" x ; RENAME x y ; DELETE y ; LIST "" (x y) ; UNSUBSCRIBE x
    A| BOGUS ; NOOP ; FETCH 9 UID ; UNSELECT ; FETCH 1 UID ; SELECT Trash ; CLOSE ; LOGOUT
  `,
  'mailboxes above others': `
    A: CREATE up/down
    ~A: LIST "" up* # superior names that CREATE makes can be selected here (RFC 3501 §6.3.3: "SHOULD create")
    A: CREATE one
    A: CREATE one/two
    A: DELETE one
    A: SELECT one
    A: LIST "" one/*
    A: DELETE one/two
    A: LIST "" one/*
    A: CREATE one
    A: LIST "" one
    A: SELECT one
  `,
  subscriptions: `
    A: LSUB "" *
    A: CREATE a
    A: CREATE a/b
    A: LSUB "" *
    A: SUBSCRIBE a/b
    A: LSUB "" *
    A: LSUB "" %
    A: LSUB "" a/%
    A: SUBSCRIBE a/b
    ~A: SUBSCRIBE nosuch # a server may verify that there is such a mailbox (RFC 9051 §6.3.7)
    A: UNSUBSCRIBE nosuch
    A: LIST (SUBSCRIBED) "" *
    A: LIST (SUBSCRIBED) "" %
    A: LIST (SUBSCRIBED RECURSIVEMATCH) "" %
    A: LIST "" (a%) RETURN (SUBSCRIBED)
    A: LIST "" * RETURN (SUBSCRIBED CHILDREN)
    A: LIST (RECURSIVEMATCH) "" *
    A: DELETE a/b
    A: LIST (SUBSCRIBED) "" *
    A: LSUB "" *
    A: UNSUBSCRIBE a/b
    A: UNSUBSCRIBE a/b
    A: UNSUBSCRIBE never
    A: LSUB "" *
    A: RENAME a z
    A: LSUB "" *
    A: SUBSCRIBE INBOX
    A: SUBSCRIBE ""
    A: LSUB "" ""
  `,
  'extended lists': `
    A: CREATE p
    A: CREATE p/q
    A: LIST "" (INBOX p*) RETURN (CHILDREN)
    A: LIST "" ("INBOX" "p/%")
    A: LIST () "" (p%)
    A: LIST "" ()
    A: LIST (SPECIAL-USE) "" *
    A: LIST "" % RETURN (SPECIAL-USE)
    A: LIST "" INBOX RETURN (STATUS (MESSAGES UIDNEXT UNSEEN))
    A: LIST "" p* RETURN (STATUS (MESSAGES))
    A: LIST (SUBSCRIBED) "" Drafts RETURN (STATUS (MESSAGES SIZE) CHILDREN)
    A: LIST (REMOTE) "" INBOX
    A: LIST (BOGUS) "" *
    A: LIST "" * RETURN (BOGUS)
    A: LIST "" "" RETURN (CHILDREN)
    A: LIST "" (p p/q nosuch)
    A: LIST "" (p* p/*)
    A: NAMESPACE
    A: LIST
    A: LIST ""
    A: LIST "" a b
    ~A: LSUB "" (a b) # LSUB has one pattern (RFC 3501 §9)
    ~A: XLIST "" * # not offered
  `,
  selecting: `
    A: SELECT nosuch
    A: SELECT INBOX
    A: SELECT nosuch
    A: FETCH 1 FLAGS
    A: APPEND INBOX (\\Seen \\Flagged kw $MDNSent) "01-Feb-2020 12:00:00 +0200" {=Subject: one\\n\\none}
    A: APPEND INBOX "02-Feb-2020 12:00:00 +0000" {=Subject: two\\n\\ntwo}
    A: SELECT INBOX
    A: EXAMINE INBOX
    A: FETCH 1:* (FLAGS INTERNALDATE UID RFC822.SIZE)
    ~A: STORE 1 +FLAGS (\\Deleted) # what cannot be changed is refused here (RFC 9051 §6.3.3), and left alone there
    ~A: EXPUNGE # the same
    A: FETCH 2 BODY[]
    A: FETCH 2 FLAGS
    A: CLOSE
    A: SELECT INBOX (CONDSTORE)
    A: STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)
    A: STATUS INBOX (HIGHESTMODSEQ SIZE)
    A: STATUS INBOX (RECENT)
    ~A: STATUS INBOX (DELETED) # new in RFC 9051 §6.3.11
    A: STATUS nosuch (MESSAGES)
    A: STATUS INBOX ()
    A: STATUS INBOX (BOGUS)
    A: STATUS INBOX MESSAGES
    A: SELECT inbox
    A: UNSELECT
    A: UNSELECT
    A: CLOSE
    A: CHECK
    A: SELECT INBOX (BOGUS)
    A: SELECT
    A: SELECT INBOX ()
    A: SELECT {=INBOX}
    A: CLOSE
    A: CREATE sub
    A: CREATE sub/leaf
    A: DELETE sub
    A: SELECT sub
    ~A: SELECT INBOX extra # nothing stands behind the name but a list (RFC 4466 §2.1)
  `,
  flags: `
    A: APPEND INBOX {=Subject: one\\n\\none}
    A: APPEND INBOX (\\Seen) {=Subject: two\\n\\ntwo}
    A: APPEND INBOX (\\Deleted kw) {=Subject: three\\n\\nthree}
    A: SELECT INBOX
    A: STORE 1 +FLAGS (\\Seen)
    ~A: STORE 1 +FLAGS (\\Seen) # flags that a STORE leaves as they were are told here (RFC 9051 §6.4.6)
    A: STORE 1:2 -FLAGS (\\Seen)
    A: STORE 1 FLAGS (\\Answered \\Draft)
    A: STORE 1 FLAGS ()
    A: STORE 1 FLAGS \\Flagged
    A: STORE 1 FLAGS \\Flagged \\Seen
    A: STORE 1:* +FLAGS.SILENT (\\Seen)
    A: FETCH 1:* FLAGS
    A: STORE 2 +FLAGS (newkeyword)
    ~A: STORE 2 +FLAGS (NEWKEYWORD) # the same
    ~A: STORE 3 -FLAGS (newkeyword) # the same
    A: STORE 2 +FLAGS ($Junk $NotJunk)
    A: STORE 3 -FLAGS (KW)
    A: STORE 1 +FLAGS (\\Recent)
    A: STORE 1 +FLAGS (\\Bogus)
    A: STORE 1 +FLAGS (\\*)
    A: STORE 1 FLAGS (bad(flag)
    ~A: STORE 1 FLAGS (a]b) # "]" is in no atom (RFC 9051 §9)
    A: STORE 1 BOGUS (\\Seen)
    ~A: STORE 1 +FLAGS # a list of flags must follow (RFC 9051 §9)
    A: UID STORE 2 -FLAGS (\\Seen)
    A: UID STORE 99 -FLAGS (\\Seen)
    A: UID STORE 2:99 +FLAGS.SILENT (\\Seen)
    A: UID FETCH 1:* FLAGS
    A: UID FETCH 99 FLAGS
    A: UID FETCH 1:2 (UID FLAGS)
  `,
  'numbers that no message has': `
    A: SELECT INBOX
    A: FETCH 1:* UID
    A: FETCH 1 UID
    A: FETCH * UID
    A: UID FETCH 1:* UID
    A: SEARCH ALL
    A: SEARCH 1:*
    A: STORE 1:* +FLAGS (\\Seen)
    A: COPY 1:* INBOX
    A: APPEND INBOX {=Subject: one\\n\\none}
    A: APPEND INBOX {=Subject: two\\n\\ntwo}
    A: APPEND INBOX {=Subject: three\\n\\nthree}
    A: STORE 4 +FLAGS (\\Seen)
    A: STORE 2:9 +FLAGS (\\Draft)
    A: STORE 0 +FLAGS (\\Seen)
    A: STORE * +FLAGS (\\Answered)
    A: FETCH 1,4 UID
    A: FETCH 4:* UID
    A: FETCH *:2 UID
    A: FETCH 9 UID
    A: COPY 2:9 Trash
    A: MOVE 9 Trash
    A: UID COPY 99 Trash
    A: UID COPY 3:99 Trash
    A: FETCH 1:* (UID FLAGS)
    A: FETCH 4294967296 UID
  `,
  'reading and \\Seen': `
    A: APPEND INBOX {=Subject: one\\n\\none}
    A: SELECT INBOX
    A: FETCH 1 (BODY[TEXT])
    A: STORE 1 -FLAGS (\\Seen)
    A: FETCH 1 (BODY.PEEK[TEXT] FLAGS)
    A: FETCH 1 BODY[HEADER.FIELDS (Subject)]
    A: FETCH 1 (FLAGS)
    A: STORE 1 -FLAGS (\\Seen)
    A: FETCH 1 (RFC822.HEADER)
    A: FETCH 1 (RFC822.TEXT)
    A: STORE 1 -FLAGS (\\Seen)
    A: FETCH 1 (RFC822)
    A: STORE 1 -FLAGS (\\Seen)
    A: FETCH 1 (BINARY[1])
    A: STORE 1 -FLAGS (\\Seen)
    A: FETCH 1 (ENVELOPE BODYSTRUCTURE BINARY.SIZE[1] FLAGS)
    A: FETCH 1 (FLAGS BODY[]<0.4>)
  `,
  'mod-sequences': `
    A: APPEND INBOX {=Subject: one\\n\\none}
    A: APPEND INBOX {=Subject: two\\n\\ntwo}
    A: APPEND INBOX {=Subject: three\\n\\nthree}
    A: SELECT INBOX (CONDSTORE)
    keep start
    A: FETCH 1:* MODSEQ
    A: STORE 1 +FLAGS (\\Seen)
    A: STORE 1:3 (UNCHANGEDSINCE $start) +FLAGS (\\Flagged)
    A: STORE 1:3 (UNCHANGEDSINCE 0) +FLAGS (\\Flagged)
    A: STORE 1:3 (UNCHANGEDSINCE 0) +FLAGS.SILENT (\\Draft)
    A: STORE 2 (UNCHANGEDSINCE 999999) +FLAGS.SILENT (\\Answered)
    A: UID STORE 1:2 (UNCHANGEDSINCE $start) -FLAGS.SILENT (\\Answered)
    A: FETCH 1:* (FLAGS) (CHANGEDSINCE $start)
    A: FETCH 1:* (FLAGS) (CHANGEDSINCE 999999)
    A: UID FETCH 1:* (FLAGS) (CHANGEDSINCE $start VANISHED)
    A: FETCH 1 (FLAGS) (BOGUS 1)
    A: FETCH 1 (FLAGS) (CHANGEDSINCE 0)
    A: STORE 1 (BOGUS 1) +FLAGS (\\Seen)
    A: SEARCH MODSEQ $start
    A: SEARCH MODSEQ "/flags/\\\\draft" all $start
    A: SEARCH NOT MODSEQ $start
    A: SEARCH RETURN (MIN MAX) MODSEQ $start
    A: STATUS INBOX (HIGHESTMODSEQ)
    A: UNSELECT
    B: SELECT INBOX
    B: STORE 1 +FLAGS.SILENT (x)
    B: FETCH 1 MODSEQ
    B: STORE 1 +FLAGS.SILENT (y)
    B: NOOP
    B: ENABLE CONDSTORE
    B: ENABLE BOGUS
    ~B: ENABLE # it has words behind it (RFC 5161 §4)
    B: EXPUNGE
  `,
  'quick resync': `
    A: APPEND INBOX {=Subject: one\\n\\none}
    A: APPEND INBOX {=Subject: two\\n\\ntwo}
    A: APPEND INBOX {=Subject: three\\n\\nthree}
    A: APPEND INBOX {=Subject: four\\n\\nfour}
    A: APPEND INBOX {=Subject: five\\n\\nfive}
    A: SELECT INBOX (QRESYNC (1 1))
    A: ENABLE QRESYNC
    A: EXAMINE INBOX (QRESYNC ($V))
    A: EXAMINE INBOX (QRESYNC $V 1)
    A: SELECT INBOX
    keep start
    A: STORE 1 +FLAGS (\\Seen)
    A: STORE 2,4 +FLAGS (\\Deleted)
    A: EXPUNGE
    A: STORE 3 +FLAGS (\\Flagged)
    A: UNSELECT
    A: SELECT INBOX (QRESYNC ($V $start))
    A: UID FETCH 1:* (FLAGS) (CHANGEDSINCE $start VANISHED)
    A: UID FETCH 1:3 (FLAGS) (CHANGEDSINCE $start VANISHED)
    A: UID FETCH 1:* (FLAGS) (VANISHED)
    A: FETCH 1:* (FLAGS) (CHANGEDSINCE $start VANISHED)
    A: EXAMINE INBOX (QRESYNC ($V $start 1:3))
    A: EXAMINE INBOX (QRESYNC ($V $start 1:5 (1,2 1,3)))
    A: EXAMINE INBOX (QRESYNC (12345 $start 1:5))
    A: EXAMINE INBOX (QRESYNC ($V 999999 1:5))
    A: EXAMINE INBOX (QRESYNC ($V 0))
    B: SELECT INBOX
    B: STORE 1 +FLAGS (\\Deleted)
    A: SELECT INBOX
    B: EXPUNGE
    A: NOOP
    A: SEARCH ALL
    B: STORE 1 +FLAGS (\\Deleted)
    A: NOOP
    B: UID EXPUNGE 3
    A: FETCH 1 UID
    A: NOOP
    A: APPEND INBOX (\\Deleted) {=Subject: six\\n\\nsix}
    A: EXPUNGE
    A: CLOSE
    A: SELECT INBOX
  `,
  'copies and moves': `
    A: APPEND INBOX (\\Seen kw) "02-Mar-2020 03:04:05 +0000" {=Subject: one\\n\\none}
    A: APPEND INBOX (\\Flagged) {=Subject: two\\n\\ntwo}
    A: APPEND INBOX {=Subject: three\\n\\nthree}
    A: CREATE to
    A: SELECT INBOX
    A: COPY 1:2 to
    A: COPY 3,1 to
    A: COPY 1 nosuch
    A: UID COPY 2 to
    A: UID COPY 99 to
    A: COPY 1 INBOX
    A: FETCH 1:* (UID FLAGS)
    A: MOVE 1 to
    A: UID MOVE 2 to
    A: UID MOVE 99 to
    A: MOVE 1 nosuch
    A: FETCH 1:* (UID FLAGS)
    A: MOVE 1 INBOX
    A: FETCH 1:* (UID FLAGS)
    A: COPY
    A: COPY 1
    A: MOVE x to
    A: SELECT to
    A: FETCH 1:* (UID FLAGS)
    A: FETCH 1 INTERNALDATE
    A: EXAMINE INBOX
    A: COPY 1 to
    A: STATUS to (MESSAGES)
    ~A: MOVE 1 to # nothing is removed from a mailbox that was examined (RFC 9051 §6.3.3)
  `,
  appending: `
    A: APPEND INBOX "01-May-2020 00:00:00 +0000" {=Subject: one\\n\\none}
    A: APPEND INBOX (\\Seen) "02-May-2020 00:00:00 +0000" {+Subject: two\\n\\ntwo}
    A: APPEND nosuch {=x}
    A: APPEND nosuch {+x}
    A: APPEND INBOX (\\Seen) "31-Dec-2020 23:59:59 -0800" {=x}
    A: APPEND INBOX " 1-Jan-2020 00:00:00 +0000" {=x}
    A: APPEND INBOX "nonsense" {=x}
    A: APPEND INBOX
    A: APPEND INBOX (\\Seen)
    A: APPEND INBOX "quoted text"
    A: APPEND INBOX (a) {=Subject: m1\\n\\nx} (b) {=Subject: m2\\n\\ny}
    A: SELECT INBOX
    A: FETCH 1:4 (UID FLAGS INTERNALDATE RFC822.SIZE)
    A: FETCH 5:* (UID FLAGS RFC822.SIZE)
    A: APPEND INBOX (\\Seen) {=Subject: while selected\\n\\nx}
    A: EXAMINE INBOX
    A: APPEND INBOX {=Subject: while examined\\n\\nx}
    A: APPEND {=INBOX} {=Subject: name as literal\\n\\nx}
    ~A: APPEND INBOX "99-Jan-2026 00:00:00 +0000" {=x} # there is no such day
    ~A: APPEND INBOX (\\Bogus) {=x} # a flag that cannot be kept, not a mistake of syntax (RFC 9051 §9 flag-extension)
  `,
  expunging: `
    A: APPEND INBOX (\\Deleted) {=Subject: one\\n\\none}
    A: APPEND INBOX {=Subject: two\\n\\ntwo}
    A: APPEND INBOX (\\Deleted) {=Subject: three\\n\\nthree}
    A: APPEND INBOX (\\Deleted) {=Subject: four\\n\\nfour}
    A: APPEND INBOX (\\Deleted) {=Subject: five\\n\\nfive}
    A: SELECT INBOX
    A: UID EXPUNGE 2:3
    A: UID EXPUNGE 99
    A: UID EXPUNGE
    A: UID EXPUNGE x
    A: FETCH 1:* UID
    A: EXPUNGE
    A: EXPUNGE
    A: FETCH 1:* UID
    A: STORE 1 +FLAGS (\\Deleted)
    A: EXAMINE INBOX
    A: CLOSE
    A: STATUS INBOX (MESSAGES)
    A: SELECT INBOX
    A: UNSELECT
    A: STATUS INBOX (MESSAGES)
    A: SELECT INBOX
    A: SELECT Trash
    A: STATUS INBOX (MESSAGES)
    A: SELECT INBOX
    A: CLOSE
    A: STATUS INBOX (MESSAGES UIDNEXT)
  `,
  'two sessions': `
    A: SELECT INBOX
    B: SELECT INBOX
    A: APPEND INBOX {=Subject: one\\n\\none}
    B: NOOP
    B: APPEND INBOX {=Subject: two\\n\\ntwo}
    A: NOOP
    A: STORE 1 +FLAGS (\\Seen)
    B: NOOP
    A: STORE 1 +FLAGS.SILENT (\\Flagged)
    B: FETCH 2 UID
    B: NOOP
    A: STORE 2 +FLAGS (newkey)
    B: NOOP
    A: STORE 1 +FLAGS.SILENT (\\Deleted)
    A: EXPUNGE
    B: FETCH 1:2 UID
    B: SEARCH ALL
    ~B: STORE 1 +FLAGS (\\Answered) # flags of a message that is gone cannot be set (RFC 2180 §4.2.1)
    B: UID SEARCH ALL
    B: FETCH 1:* (UID FLAGS)
    B: NOOP
    B: FETCH 1:* UID
    A: APPEND INBOX {=Subject: three\\n\\nthree}
    A: APPEND INBOX {=Subject: four\\n\\nfour}
    B: UID FETCH 1:* UID
    A: STORE 3 +FLAGS (\\Deleted)
    A: EXPUNGE
    ~B: NOOP # here the last flags of what goes are told before
    B: CREATE box
    A: SELECT box
    B: DELETE box
    A: NOOP
  `,
  'messages that are gone': `
    A: APPEND INBOX {=Subject: one\\n\\none}
    A: APPEND INBOX {=Subject: two\\n\\ntwo}
    A: APPEND INBOX {=Subject: three\\n\\nthree}
    A: APPEND INBOX {=Subject: four\\n\\nfour}
    A: APPEND INBOX {=Subject: five\\n\\nfive}
    A: SELECT INBOX
    B: SELECT INBOX
    B: STORE 2 +FLAGS (\\Deleted)
    A: NOOP
    B: EXPUNGE
    A: FETCH 1:3 UID
    ~A: FETCH 1:3 BODY.PEEK[TEXT] # NO (RFC 2180 §4.1.2) is less than NIL that can be taken for a text (§4.1.3)
    ~A: SEARCH TEXT two # EXPUNGEISSUED is told there as well
    A: COPY 1:3 Trash
    A: STATUS Trash (MESSAGES)
    A: FETCH 1:* UID
    B: STORE 2 +FLAGS (\\Deleted)
    A: NOOP
    B: EXPUNGE
    A: MOVE 2 Trash
    B: STORE 2 +FLAGS (\\Deleted)
    A: NOOP
    B: EXPUNGE
    A: UID COPY 1:4 Trash
    A: UID FETCH 1:* UID
    A: STATUS Trash (MESSAGES)
  `,
  'while idling': `
    A: APPEND INBOX {=Subject: one\\n\\none}
    A: SELECT INBOX
    B: SELECT INBOX
    B: IDLE
    A: APPEND INBOX {=Subject: two\\n\\ntwo}
    B< EXISTS
    A: STORE 1 +FLAGS (\\Draft)
    B< FETCH
    A: STORE 1 +FLAGS.SILENT (\\Deleted)
    B< FETCH
    A: EXPUNGE
    B< EXPUNGE
    B> DONE
    B: FETCH 1:* (UID)
    B: IDLE
    B> nonsense
  `,
  'saved results': `
    A: APPEND INBOX (\\Seen) {=Subject: one\\n\\none}
    A: APPEND INBOX {=Subject: two\\n\\ntwo}
    A: APPEND INBOX (\\Seen) {=Subject: three\\n\\nthree}
    A: APPEND INBOX {=Subject: four\\n\\nfour}
    A: CREATE to
    A: SELECT INBOX
    A: SEARCH $
    A: FETCH $ UID
    A: SEARCH RETURN (SAVE) SEEN
    A: FETCH $ UID
    A: UID FETCH $ FLAGS
    A: STORE $ +FLAGS (\\Flagged)
    A: COPY $ to
    A: SEARCH $ SUBJECT one
    A: SEARCH RETURN (SAVE ALL) UNSEEN
    A: FETCH $ UID
    A: SEARCH RETURN (SAVE) UNSEEN BOGUS
    A: FETCH $ UID
    A: SEARCH RETURN (SAVE) CHARSET NOSUCH SUBJECT x
    A: FETCH $ UID
    A: SEARCH RETURN (SAVE MAX) ALL
    A: FETCH $ UID
    A: UID SEARCH RETURN (SAVE COUNT) ALL
    A: FETCH $ UID
    A: STORE 2 +FLAGS.SILENT (\\Deleted)
    A: EXPUNGE
    A: FETCH $ UID
    A: SEARCH RETURN (COUNT) $
    A: MOVE $ to
    A: FETCH $ UID
    A: SEARCH RETURN (BOGUS) ALL
    A: SEARCH RETURN (MIN MAX) ALL
    A: UID SEARCH RETURN (MIN MAX) ALL
    A: SELECT INBOX
    A: FETCH $ UID
  `,
  'malformed lines': `
    A! t1
    A! t2 
    A! * NOOP
    A! + NOOP
    A! t3  NOOP
    A! t4 NOOP 
    ~A! t5 NOOP x # nothing stands behind it (RFC 9051 §9)
    A! t6 noop
    A! t7 BOGUS
    A! t8 UID
    A! t9 UID NOOP
    ~A! t19 CAPABILITY x # the same
    A! t20 SELECT "unclosed
    A! t21 SELECT (a)
    A! t22 SELECT a"b
    ~A! t23 CREATE a b # the same
    A! t24 DELETE
    A! t25 RENAME a
    A! t26 STATUS INBOX
  `,
  'commands in wrong states, and identification': `
    A! t10 LOGIN a b
    A! t11 AUTHENTICATE PLAIN
    A! t12 STARTTLS
    A! t13 FETCH 1 FLAGS
    A! t14 EXPUNGE
    A! t15 SEARCH ALL
    A! t16 STORE 1 FLAGS ()
    A! t17 CLOSE
    A! t18 CAPABILITY
    A! t28 ID NIL
    A! t29 ID ("name" "x")
    ~A! t30 ID (name) # strings in pairs follow, or NIL (RFC 2971 §3.1)
    ~A! t31 ID # the same
    A! t32 ENABLE x
    ~A! t33 NAMESPACE x # nothing stands behind it (RFC 9051 §9)
    A! t34 CHECK
    A! t35 SUBSCRIBE
  `,
  'malformed FETCH': `
    A: APPEND INBOX {=Subject: one\\n\\none}
    A: SELECT INBOX
    A: FETCH
    A: FETCH 1
    A: FETCH x FLAGS
    A: FETCH 1 BOGUS
    A: FETCH 1 (FLAGS
    A: FETCH 1 ()
    A: FETCH 1 BODY[
    A: FETCH 1 BODY[BOGUS]
    A: FETCH 1 BODY[HEADER.FIELDS]
    A: FETCH 1 BODY[HEADER.FIELDS ()]
    ~A: FETCH 1 BODY.PEEK[0] # parts are counted from 1 (RFC 9051 §9 section-part)
    ~A: FETCH 1 BODY.PEEK[]<1> # two numbers stand there (RFC 9051 §9 partial)
    A: FETCH 1 BODY.PEEK[]<1.0>
    A: FETCH 1 BODY[MIME]
    A: FETCH 1:2:3 FLAGS
    A: FETCH 1,,2 FLAGS
    A: FETCH 1 FLAGS extra
    A: FETCH 1 FAST.
  `,
  'other malformed commands': `
    A: SELECT INBOX
    A: SEARCH
    A: SEARCH RETURN
    A: SORT
    A: SORT (DATE)
    A: THREAD
    A: UID FETCH
    A: UID BOGUS 1
    A: COPY 1
    A: MOVE 1
    ~A: EXPUNGE x # nothing stands behind it (RFC 9051 §9)
    ~A: CLOSE x # the same
    A: GETQUOTAROOT
    A: COMPRESS BOGUS
    A: LIST "" {1
    A: LOGOUT
  `,
  'before a login': `
    a: CAPABILITY
    a: NOOP
    a: ID NIL
    a: SELECT INBOX
    a: LOGIN nobody wrong
    ~a: ENABLE CONDSTORE # once somebody has logged in (RFC 9051 §6.3.1)
    f: LOGIN
    f: LOGIN onlyname
    f: NOOP
    g: AUTHENTICATE
    g: AUTHENTICATE BOGUS
    h: AUTHENTICATE PLAIN
    h> *
    h: AUTHENTICATE PLAIN
    ~h> !!! # what is not base64 is BAD (RFC 9051 §6.2.2)
    i: AUTHENTICATE LOGIN
    i> bm9ib2R5
    i> d3Jvbmc=
    j: BOGUS
    j: LIST "" *
    b: AUTHENTICATE PLAIN $PLAIN
    b: NOOP
    b: LOGIN a b
    b: SELECT INBOX
    c: LOGIN "$USER" {=$USER}
    c: SELECT INBOX
    c: LOGOUT
    d: LOGOUT
  `,
  'lines that are too long': `
    A: SELECT "${'x'.repeat(70_000)}"
    A: NOOP
    A: SELECT ${'x'.repeat(2000)}
    A: CREATE ${'x'.repeat(300)}
    A: NOOP
  `,
  'too many mistakes': `
    A: BOGUS1
    A: NOOP
    ${'A: BOGUS\n'.repeat(18)}
    A: BOGUS19
    A: NOOP
    A: BOGUS20
    A: NOOP
  `,
}
