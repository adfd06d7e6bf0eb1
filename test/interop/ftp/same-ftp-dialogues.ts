// The dialogues with which two FTP servers are compared, by what they are about; `same-ftp-dialogue.ts` says how they are
// written. Each has a user of its own, whose place is empty at first.

export const DIALOGUES: Readonly<Record<string, string>> = {
  logins: `
    ~A- NOOP # it shows nothing that needs a login
    A- PWD
    A- PASS x
    ~A- SYST # it shows nothing that needs a login
    A- USER nobody
    A- PASS wrong
    ~A- USER # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    A- PASV
    A- QUIT
    ~B: USER logins # REIN comes between two users (RFC 959 §4.1.1)
    B: PASS logins
    B: PWD
    B: SYST
    ~B: ACCT x # superfluous is 202 (RFC 959 §5.4)
    ~B: REIN # vsftpd does not implement it
    B: QUIT
    ~C- BOGUS # what nobody knows needs no login
    C- FEAT
    ~C- HELP # it shows nothing that needs a login
    ~C- PBSZ 0 # out of order: 503 (RFC 4217 §8)
    ~C- PROT P # out of order: 503 (RFC 4217 §9)
    C- QUIT
  `,
  folders: `
    A: PWD
    A: MKD sub
    A: MKD sub
    A: MKD sub/deep
    A: MKD /sub/deep/er
    A: MKD none/sub
    A: MKD a "quoted" name
    A: CWD a "quoted" name
    A: PWD
    A: CDUP
    A: PWD
    A: CDUP
    A: PWD
    A: CWD sub
    A: PWD
    A: CWD deep
    A: PWD
    A: CWD ../..
    A: PWD
    A: CWD ../../..
    A: PWD
    A: CWD none
    A: CWD /sub/deep/
    A: PWD
    A: CWD /
    A: XCWD sub
    A: XPWD
    A: XCUP
    A: XMKD other
    A: XRMD other
    A: RMD sub
    A: RMD none
    A: RMD /sub/deep/er
    A: RMD sub/deep
    A: RMD sub
    ~A: MKD # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    ~A: CWD # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    A: PWD
    ~A: RMD # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    A: MKD /
    A: RMD /
    A: DELE .
    A: CWD .
    A: PWD
  `,
  'files both ways': `
    A> STOR one.txt = hello
    A< RETR one.txt
    A: SIZE one.txt
    A> STOR one.txt = shorter
    A< RETR one.txt
    A> APPE one.txt = , and more
    A< RETR one.txt
    A> APPE new.txt = from nothing
    A< RETR new.txt
    A> STOR empty = 
    A< RETR empty
    A: SIZE empty
    A< RETR none
    A> STOR none/x = x
    A: MKD sub
    A< RETR sub
    A> STOR sub = x
    A: SIZE sub
    A: SIZE none
    A> STOR /sub/two.txt = 2
    A: CWD sub
    A< RETR two.txt
    A< RETR ../one.txt
    A< RETR /one.txt
    A< RETR ../../../../one.txt
    A: DELE two.txt
    A: DELE two.txt
    A: DELE /sub
    ~A: DELE # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    ~A: RETR # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    ~A: STOR # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    ~A: SIZE # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    A<< RETR /one.txt
    A>> STOR active.txt = by PORT
    A< RETR active.txt
    A: RETR /one.txt
    A: STOR x
    A: LIST
  `,
  'where it stopped': `
    A> STOR f = 0123456789
    A: REST 4
    A< RETR f
    A< RETR f
    A: REST 4
    A: NOOP
    A< RETR f
    A: REST 10
    A< RETR f
    A: REST 11
    ~A< RETR f # there are fewer (RFC 3659 §5.4: 554)
    A: REST 4
    A> STOR f = abc
    ~A< RETR f # what is uploaded is all of the file from there on
    A: REST 2
    A> APPE f = xyz
    ~A< RETR f # what is uploaded is all of the file from there on
    ~A: REST # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    ~A: REST x # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    ~A: REST -1 # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    A: REST 0
    ~A< RETR f # what is uploaded is all of the file from there on
    ~A: REST 99999999999999999999 # no file has so many octets
  `,
  names: `
    A> STOR two words = 1
    A: SIZE two words
    A> STOR  leading = 2
    A: SIZE  leading
    A> STOR -rf = 3
    A: SIZE -rf
    A> STOR gr\\xc3\\xbc\\xc3\\x9fe = 4
    A: SIZE gr\\xc3\\xbc\\xc3\\x9fe
    A> STOR latin\\xe9 = 5
    A: SIZE latin\\xe9
    A> STOR * = 6
    A: SIZE *
    A> STOR back\\\\slash = 7
    A: SIZE back\\\\slash
    A> STOR ... = 8
    A: SIZE ...
    A> STOR .. = 9
    A> STOR . = 9
    A: MKD "
    A: RMD "
    A: RNFR -rf
    A: RNTO renamed
    A: SIZE renamed
    A: RNFR none
    A: RNTO x
    A: RNFR renamed
    A: NOOP
    ~A: RNTO again # RNTO follows RNFR at once (RFC 959 §4.1.3)
    ~A: RNFR renamed # so it is still called that
    ~A: RNTO none/x # and vsftpd heard no RNFR
    ~A: RNFR renamed # so it is still called that
    ~A: RNTO * # and vsftpd heard no RNFR
    A: SIZE *
    ~A: RNFR # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    ~A: RNTO # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    A: DELE ${'x'.repeat(256)}
    A> STOR ${'y'.repeat(255)} = long
    A: SIZE ${'y'.repeat(255)}
    A> STOR ${'z'.repeat(256)} = longer
  `,
  listings: `
    A: MKD sub
    A> STOR b = 12345
    A> STOR a = 1
    A> STOR .hidden = 1
    A> STOR sub/inner = 123
    A: SITE CHMOD 600 a
    A< LIST
    A< LIST -a
    A< LIST -l
    A< LIST -la
    A< LIST sub
    A< LIST -a sub
    A< LIST a
    ~A< LIST none # nothing there is an error (RFC 959 §5.4: 450), which clients tell people
    A< LIST *
    A< LIST s*
    ~A< LIST [ab] # vsftpd knows no sets of characters
    ~A< LIST {a,b} # braces are of no pattern in POSIX
    A< LIST ?
    A< NLST
    A< NLST -a
    A< NLST sub
    A< NLST sub/
    A< NLST sub/*
    A< NLST .
    A< NLST -l sub
    A< NLST *
    ~A< NLST none # nothing there is an error (RFC 959 §5.4: 450), which clients tell people
    A< NLST n*
    A: CWD sub
    A< LIST
    A< LIST ..
    A< NLST /
    A<< NLST
  `,
  'times and rights': `
    A> STOR f = x
    ~A: MDTM 20010203040506 f # the answer of MFMT
    A: MDTM f
    A: MDTM none
    ~A: MDTM # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    A: MDTM 2001 f
    ~A: MDTM . # folders have times too
    A: SITE CHMOD 640 f
    A< LIST f
    ~A: SITE CHMOD 999 f # those are no octal digits
    ~A: SITE CHMOD 600 # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    A: SITE CHMOD 600 none
    ~A: SITE UMASK # there is none
    A: SITE HELP
    ~A: SITE # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    A: SITE BOGUS
    ~A: MFMT 20020304050607 f # vsftpd does not know it
    ~A: MLST f # vsftpd does not know it
  `,
  parameters: `
    A: TYPE I
    A: TYPE A
    A: TYPE L 8
    A: TYPE L8
    ~A: TYPE L 7 # known, and not this parameter: 504 (RFC 959 §4.2.2)
    ~A: TYPE E # known, and not this parameter: 504 (RFC 959 §4.2.2)
    A: TYPE A N
    ~A: TYPE A T # known, and not this parameter: 504 (RFC 959 §4.2.2)
    ~A: TYPE # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    A: TYPE i
    A: MODE S
    A: MODE B
    A: MODE C
    ~A: MODE # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    A: STRU F
    A: STRU R
    A: STRU P
    ~A: STRU # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    A: OPTS UTF8 ON
    A: OPTS UTF8 on
    A: OPTS BOGUS
    A: OPTS
    A: ALLO 100
    A: ALLO
    A: NOOP
    A: NOOP x
    A: SMNT x
    A: STAT
    A: HELP
    A: HELP RETR
    A: FEAT
    A: PASV
    A: EPSV
    A: EPSV 1
    A: EPSV 2
    A: EPSV 3
    A: EPSV x
    A: EPSV ALL
    ~A: PASV # out of order: 503 (RFC 959 §4.2.2)
    A: EPSV
  `,
  addresses: `
    A: PORT 127,0,0,1,200,1
    A: PORT 127,0,0,1,0,80
    A: PORT 192,0,2,1,200,1
    ~A: PORT 127,0,0,1,256,1 # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    ~A: PORT 127,0,0,1,200 # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    ~A: PORT 1,2,3,4,5,6,7 # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    ~A: PORT # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    ~A: PORT x # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    A: EPRT |1|127.0.0.1|51201|
    A: EPRT |1|192.0.2.1|51201|
    A: EPRT |1|127.0.0.1|80|
    ~A: EPRT |1|127.0.0.1|0| # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    ~A: EPRT |1|127.0.0.1|99999| # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    ~A: EPRT |2|::1|51201| # another network than this conversation has: 522 (RFC 2428 §2)
    ~A: EPRT |3|x|51201| # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    ~A: EPRT # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    ~A: EPRT x # an argument is missing, or wrong: 501 (RFC 959 §4.2.2)
    A: LIST
    A: PASV
  `,
  mistakes: `
    A: BOGUS
    A: bogus x
    A: noop
    A: pwd
    A: Noop
    ~A: ABOR # 225 says that a data connection stands (RFC 959 §4.2.2)
    ~A: CCC # vsftpd does not know it
    A: ADAT x
    A: MIC x
    ~A: LANG en # vsftpd does not know it
    ~A: HOST x # vsftpd does not know it
    ~A: AUTH TLS # vsftpd has no TLS here
    ~A: PBSZ 0 # out of order: 503 (RFC 4217 §8)
    ~A: PROT P # out of order: 503 (RFC 4217 §9)
    A: STOU x
    A| NOOP, PWD, BOGUS, NOOP
    ~A: CWD a\\0b # NUL is in no argument
    A: XYZZY ${'x'.repeat(1000)}
    A: NOOP
    A: QUIT
    ~B: USER other # REIN comes between two users (RFC 959 §4.1.1)
    ~B: QUIT now # it takes none
  `,
  'lines in ASCII': `
    A: TYPE A
    A> STOR f = one\\r\\ntwo\\r\\n
    A< RETR f
    A: TYPE I
    A< RETR f
    A: SIZE f
    A> STOR g = a\\nb\\rc\\r\\nd
    A: TYPE A
    A< RETR g
    ~A: SIZE g # as many as come by RETR (RFC 3659 §4.1)
    A: REST 2
    A< RETR g
    A< RETR f
    A> STOR h = x\\ry\\r\\r\\nz\\r
    A: TYPE I
    A< RETR h
    A> STOR crlf = a\\r\\nb\\r\\n\\r\\r\\n
    A: TYPE A
    A< RETR crlf
  `,
}
