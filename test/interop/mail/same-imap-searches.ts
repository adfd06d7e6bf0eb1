// What is searched for in the mails of `same-mails.ts` (mailbox `more`) and of the corpus, how they are sorted and threaded,
// by what it is about; written as `same-imap-dialogue.ts` says.

export const SEARCHES: Readonly<Record<string, string>> = {
  flags: `
    A: SELECT more
    A: SEARCH ALL
    A: SEARCH ANSWERED
    A: SEARCH UNANSWERED
    A: SEARCH DELETED
    A: SEARCH UNDELETED
    A: SEARCH DRAFT
    A: SEARCH UNDRAFT
    A: SEARCH FLAGGED
    A: SEARCH UNFLAGGED
    A: SEARCH SEEN
    A: SEARCH UNSEEN
    A: SEARCH KEYWORD $Forwarded
    A: SEARCH UNKEYWORD $Forwarded
    ~A: SEARCH KEYWORD nosuch # keywords that are searched for do not come to be by it
    A: SEARCH KEYWORD hi
    A: SEARCH KEYWORD HI
    A: SEARCH NEW
    A: SEARCH RECENT
    A: SEARCH OLD
  `,
  addresses: `
    A: SELECT more
    A: SEARCH FROM alice
    A: SEARCH FROM "Alice <alice@harbor.test>"
    A: SEARCH FROM "alice@harbor"
    A: SEARCH FROM last
    A: SEARCH FROM "Last, First"
    A: SEARCH CHARSET UTF-8 FROM {+müller}
    A: SEARCH FROM muller
    A: SEARCH CHARSET UTF-8 FROM {+MÜLLER}
    A: SEARCH CHARSET UTF-8 FROM {+Jürgen Müller}
    A: SEARCH FROM jm@island
    A: SEARCH FROM old
    A: SEARCH FROM "Old Style"
    A: SEARCH FROM ""
    A: SEARCH TO group
    A: SEARCH CHARSET UTF-8 TO {+andré}
    A: SEARCH CHARSET UTF-8 TO {+æsir}
    A: SEARCH CHARSET UTF-8 TO {+ÆSIR}
    A: SEARCH TO routed
    A: SEARCH TO bob
    A: SEARCH TO undisclosed
    A: SEARCH CC dan
    A: SEARCH CC "dan, the man"
    A: SEARCH CC ""
    A: SEARCH CC "a b"
    A: SEARCH BCC pete
    A: SEARCH BCC ""
  `,
  subjects: `
    A: SELECT more
    A: SEARCH SUBJECT ferry
    A: SEARCH SUBJECT "the ferry"
    A: SEARCH CHARSET UTF-8 SUBJECT {+Grüße}
    A: SEARCH CHARSET UTF-8 SUBJECT {+grüsse}
    A: SEARCH CHARSET UTF-8 SUBJECT {+Grüße aus Köln}
    A: SEARCH CHARSET UTF-8 SUBJECT {+aus Köln and}
    A: SEARCH CHARSET UTF-8 SUBJECT {+größe}
    A: SEARCH CHARSET UTF-8 SUBJECT {+prix 5€}
    A: SEARCH SUBJECT odd_encoding
    ~A: SEARCH SUBJECT "folded by" # unfolding takes out the line end alone (RFC 5322 §2.2.3); there a run of white space is one space
    ~A: SEARCH SUBJECT "folded	by" # the same
    ~A: SEARCH SUBJECT "tab and" # the same
    ~A: SEARCH SUBJECT "spaces around" # the same
    ~A: SEARCH SUBJECT "spaces   around" # the same
    A: SEARCH SUBJECT "=?utf-8"
    A: SEARCH SUBJECT ""
  `,
  bodies: `
    A: SELECT more
    A: SEARCH BODY oranges
    A: SEARCH BODY ORANGES
    A: SEARCH BODY "nine. Bring"
    A: SEARCH CHARSET UTF-8 BODY {+Grüße}
    A: SEARCH CHARSET UTF-8 BODY {+€ 5 and joined}
    A: SEARCH CHARSET UTF-8 BODY {+café}
    A: SEARCH CHARSET UTF-8 BODY {+CAFÉ}
    A: SEARCH CHARSET UTF-8 BODY {+größe}
    A: SEARCH BODY "<b>html</b>"
    A: SEARCH BODY html
    A: SEARCH BODY preamble
    A: SEARCH BODY epilogue
    A: SEARCH BODY "first inside"
    A: SEARCH BODY "second inside"
    ~A: SEARCH BODY "subject: inside" # the body of a mail holds the headers of mails inside
    ~A: SEARCH BODY "hello world again" # base64 with rubbish in it is read as far as it can be (RFC 2045 §6.8)
    A: SEARCH BODY "0123456789012345678901234567890123456789012345678901234567890123456789"
    A: SEARCH BODY "%PDF"
    A: SEARCH BODY "JVBERg"
    A: SEARCH BODY "not a mail"
    ~A: SEARCH BODY "digested one" # the same
    A: SEARCH BODY "text one"
    A: SEARCH BODY "inner text"
    ~A: SEARCH BODY "whole" # the same
    ~A: SEARCH BODY "Content-Type" # the same
    A: SEARCH BODY "the page"
    A: SEARCH BODY "word word"
    A: SEARCH BODY "--b1"
    A: SEARCH BODY "&amp;"
    A: SEARCH BODY ""
  `,
  'texts and header fields': `
    A: SELECT more
    A: SEARCH TEXT ferry
    A: SEARCH CHARSET UTF-8 TEXT {+Grüße}
    A: SEARCH CHARSET UTF-8 TEXT {+größe}
    A: SEARCH TEXT "x-folded"
    A: SEARCH TEXT "value below"
    A: SEARCH TEXT "inside"
    A: SEARCH TEXT "utf-8"
    A: SEARCH TEXT "charset=utf-8"
    A: SEARCH TEXT "=?utf-8?q?Gr"
    A: SEARCH TEXT "multipart/mixed"
    A: SEARCH TEXT "<html@harbor.test>"
    A: SEARCH TEXT ""
    A: SEARCH HEADER x-empty ""
    A: SEARCH HEADER X-Folded ""
    A: SEARCH HEADER X-Folded "value"
    A: SEARCH HEADER X-Folded "value below"
    A: SEARCH HEADER X-None ""
    A: SEARCH HEADER Message-ID ""
    A: SEARCH HEADER Message-ID "<1@harbor.test>"
    A: SEARCH HEADER References "<2@island.test>"
    A: SEARCH HEADER Received "from c"
    A: SEARCH HEADER Content-Type "multipart"
    A: SEARCH HEADER Content-Type "utf-8"
    A: SEARCH CHARSET UTF-8 HEADER Subject {+Grüße}
    ~A: SEARCH HEADER "" "" # a field has a name (RFC 5322 §2.2)
  `,
  'sizes, dates and numbers': `
    A: SELECT more
    A: SEARCH LARGER 0
    A: SEARCH LARGER 200
    A: SEARCH SMALLER 200
    A: SEARCH SMALLER 0
    A: SEARCH LARGER 76
    A: SEARCH SMALLER 4294967295
    A: SEARCH BEFORE 24-Oct-2020
    A: SEARCH ON 24-Oct-2020
    A: SEARCH SINCE 24-Oct-2020
    A: SEARCH SINCE 25-Oct-2020
    ~A: SEARCH SENTBEFORE 24-Nov-2026 # a mail without Date was sent on no day; there it was sent in 1970
    A: SEARCH SENTON 24-Nov-2026
    A: SEARCH SENTSINCE 24-Nov-2026
    A: SEARCH SENTON 24-Nov-2026 NOT SENTON 23-Nov-2026
    ~A: SEARCH SENTBEFORE 1-Jan-1998 # the same
    A: SEARCH SENTON 21-Nov-1997
    ~A: SEARCH SENTSINCE 1-Jan-1970 # the same
    ~A: SEARCH SENTBEFORE "1-Jan-2030" # the same
    A: SEARCH YOUNGER 315360000
    A: SEARCH OLDER 1
    A: SEARCH 1:5
    A: SEARCH 5:1
    A: SEARCH *
    ~A: SEARCH 35:* # * is the last message, in any order (RFC 9051 §9 seq-range)
    ~A: SEARCH 100:* # the same
    A: SEARCH UID 1:3
    A: SEARCH UID *
    A: SEARCH UID 100:*
    A: SEARCH NOT 1:5
    A: SEARCH NOT NOT 1:3
    A: SEARCH OR 1 3
    A: SEARCH OR SUBJECT ferry FROM alice
    A: SEARCH (OR 1 2) (OR 2 3)
    A: SEARCH NOT (1:3 5)
    A: SEARCH 1,3,5:7
    A: SEARCH (SUBJECT ferry) (FROM a@harbor.test)
    A: SEARCH MODSEQ 1
    A: SEARCH MODSEQ 100000
    A: SEARCH SINCE 1-Oct-2020
  `,
  'extended results': `
    A: SELECT more
    A: SEARCH RETURN () ALL
    A: SEARCH RETURN (MIN) ALL
    A: SEARCH RETURN (MAX) 1:7
    A: SEARCH RETURN (COUNT) SUBJECT ferry
    A: SEARCH RETURN (MIN MAX COUNT ALL) 2:9
    A: SEARCH RETURN (ALL) SUBJECT nosuch
    A: SEARCH RETURN (MIN MAX) SUBJECT nosuch
    A: SEARCH RETURN (COUNT) SUBJECT nosuch
    A: SEARCH RETURN (SAVE) SUBJECT ferry
    A: SEARCH $
    A: SEARCH NOT $
    A: SEARCH UID $
    A: SEARCH RETURN (SAVE MIN) SUBJECT ferry
    A: SEARCH RETURN (COUNT ALL) $
  `,
  charsets: `
    A: SELECT more
    A: SEARCH CHARSET UTF-8 SUBJECT {+Grüße}
    A: SEARCH CHARSET US-ASCII SUBJECT ferry
    A: SEARCH CHARSET utf-8 TEXT ferry
    A: SEARCH CHARSET ISO-8859-1 SUBJECT ferry
    A: SEARCH CHARSET KOI8-R SUBJECT ferry
    A: SEARCH CHARSET NOSUCH SUBJECT ferry
    A: SEARCH CHARSET NOSUCH ALL
    A: SEARCH CHARSET "UTF-8" ALL
  `,
  'mistakes in searches': `
    A: SELECT more
    A: SEARCH BOGUS
    A: SEARCH ALL BOGUS
    A: SEARCH SUBJECT
    A: SEARCH OR 1
    A: SEARCH (1:3
    A: SEARCH NOT
    A: SEARCH LARGER x
    A: SEARCH ON 31-Foo-2026
    ~A: SEARCH ON 31-Feb-2026 # there is no such day
    ~A: SEARCH KEYWORD \\Seen # a keyword is an atom (RFC 9051 §9 flag-keyword)
    A: SEARCH 0
    A: SEARCH 1:
    A: SEARCH -1
    ~A: SEARCH 99999999999 # numbers have 32 bits (RFC 9051 §9 nz-number)
    A: SEARCH HEADER x
  `,
  sorted: `
    A: SELECT more
    A: SORT (ARRIVAL) UTF-8 ALL
    A: SORT (REVERSE ARRIVAL) UTF-8 ALL
    ~A: SORT (CC) UTF-8 ALL # the first address of a group counts; there a group is no address. Empty places in a list are none
    A: SORT (DATE) UTF-8 ALL
    A: SORT (FROM) UTF-8 ALL
    A: SORT (SIZE) UTF-8 ALL
    A: SORT (SUBJECT) UTF-8 ALL
    ~A: SORT (TO) UTF-8 ALL # the same
    A: SORT (REVERSE SUBJECT) UTF-8 ALL
    A: SORT (SUBJECT REVERSE DATE) US-ASCII ALL
    A: SORT (REVERSE SIZE FROM) UTF-8 2:9
    A: SORT (DISPLAYFROM) UTF-8 ALL
    ~A: SORT (DISPLAYTO) UTF-8 ALL # the same
    A: SORT (FROM SUBJECT) UTF-8 SUBJECT ferry
    A: SORT (SIZE) NOSUCH ALL
    A: SORT () UTF-8 ALL
    A: SORT (BOGUS) UTF-8 ALL
    A: SORT (REVERSE) UTF-8 ALL
    A: SORT (SIZE) ALL
    A: UID SORT (SIZE) UTF-8 1:5
    ~A: SORT RETURN (ALL) (SIZE) UTF-8 1:5 # ESORT is not offered
  `,
  'in threads': `
    A: SELECT more
    A: THREAD REFERENCES UTF-8 ALL
    A: THREAD ORDEREDSUBJECT UTF-8 ALL
    ~A: THREAD REFS UTF-8 ALL # no algorithm of RFC 5256
    A: THREAD BOGUS UTF-8 ALL
    A: THREAD REFERENCES UTF-8 1:7
    A: UID THREAD REFERENCES UTF-8 ALL
    A: THREAD REFERENCES US-ASCII SUBJECT ferry
    A: THREAD REFERENCES UTF-8 SUBJECT nosuch
  `,
  'the corpus': `
    A: SELECT corpus
    A: SEARCH TEXT corpus
    ~A: SEARCH BODY a # the body of a mail holds the headers of mails inside
    ~A: SEARCH SUBJECT a # an encoded word with a mistake in it is read as far as it can be
    A: SEARCH FROM alice
    A: SEARCH TO bob
    A: SEARCH HEADER Message-ID corpus
    A: SEARCH HEADER Content-Type ""
    A: SEARCH HEADER Content-Type text
    A: SEARCH LARGER 1000
    A: SEARCH SENTSINCE 1-Jan-2026
    A: SEARCH SENTON 24-Nov-2026
    ~A: SEARCH CHARSET UTF-8 BODY {+ä} # text that is no UTF-8 is read as Windows-1252
    A: SEARCH BODY html
    A: SEARCH BODY text
    A: SEARCH TEXT boundary
    A: SEARCH SUBJECT e
    ~A: SEARCH BODY the # the body of a mail holds the headers of mails inside
    A: SEARCH TEXT x-
    ~A: SORT (SUBJECT) UTF-8 ALL # octets beyond ASCII in a header that are no UTF-8 are Windows-1252
    A: SORT (FROM) UTF-8 ALL
    ~A: SORT (TO) UTF-8 ALL # the first address of a group counts; there a group is no address. Empty places in a list are none
    A: SORT (CC) UTF-8 ALL
    A: SORT (DATE) UTF-8 ALL
    A: SORT (SIZE) UTF-8 ALL
    A: SORT (ARRIVAL) UTF-8 ALL
    ~A: SORT (REVERSE SUBJECT) UTF-8 ALL # the same
    A: THREAD REFERENCES UTF-8 ALL
    A: THREAD ORDEREDSUBJECT UTF-8 ALL
  `,
}
