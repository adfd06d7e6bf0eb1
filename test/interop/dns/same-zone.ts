// The zone that our server and BIND are given as one file: every record type in use, wildcards, empty non-terminals, aliases, DNAME,
// delegations; and the questions that both are asked.

export const ZONE = 'lab.test'
/** Serves it here; BIND has its own words for who does. */
export const SERVER = 'ns.harbor.test'

/** One record of each type at least; what stands at `types` is asked for by type. */
const TYPES: Readonly<Record<string, string>> = {
  A: '192.0.2.40',
  AAAA: '2001:db8::40',
  MX: '10 mail',
  TXT: '"one" "two words" "\\"quoted\\" \\\\ \\200"',
  PTR: 'www',
  SRV: '1 2 443 www',
  NAPTR: '100 10 "u" "E2U+sip" "!^.*$!sip:info@lab.test!" .',
  CAA: '128 issuewild "ca.lab.test; policy=ev"',
  TLSA: '3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  SSHFP: '4 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  SVCB: '1 www alpn=h2,h3 port=8443 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1 key65333=abc',
  HTTPS: '1 . alpn="h2,http/1.1" no-default-alpn',
  LOC: '52 22 23.000 N 4 53 32.500 E -2.00m 1m 10000m 10m',
  URI: '10 1 "https://www.lab.test/a?b#c"',
  HINFO: '"RISC-V" "Portolan"',
  RP: 'owner.lab.test. text.lab.test.',
  AFSDB: '1 www',
  KX: '5 www',
  CERT: 'PKIX 1 8 AwEAAQ==',
  OPENPGPKEY: 'AwEAAaABAgME',
  SMIMEA: '3 0 1 abcdef0123456789',
  EUI48: '00-00-5e-00-53-2a',
  EUI64: '00-00-5e-ef-10-00-00-2a',
  TYPE65280: '\\# 5 0102030405',
  TYPE731: '\\# 0',
}

const OTHERS = ['CNAME', 'DNAME', 'NS', 'SOA', 'DS', 'DNSKEY', 'NSEC', 'NSEC3', 'NSEC3PARAM', 'CDS', 'CDNSKEY'] as const

export const TEXT = `$TTL 300
$ORIGIN ${ZONE}.
@ IN SOA ${SERVER}. hostmaster 7 3600 600 86400 120
@ IN NS ${SERVER}.
@ IN CAA 0 issue "portolan.internal"
@ 60 IN A 192.0.2.41
@ IN MX 5 mail
mail IN A 192.0.2.42
mail IN AAAA 2001:db8::42
www 60 IN A 192.0.2.43
www 60 IN A 192.0.2.44
www IN AAAA 2001:db8::43
WWW.Upper IN TXT "case"
${Object.entries(TYPES)
  .map(([type, data]) => `types IN ${type} ${data}\n`)
  .join('')}alias IN CNAME www
chain IN CNAME alias
outside IN CNAME www.elsewhere.example.
nowhere-alias IN CNAME nothing
wild-alias IN CNAME x.wild
ent-alias IN CNAME b.c
below-alias IN CNAME www.signed
loop IN CNAME pool
pool IN CNAME loop
a.b.c IN TXT "under two empty names"
*.wild IN A 192.0.2.45
*.wild IN MX 10 mail
there.wild IN TXT "not the wildcard's"
a.ent.wild IN TXT "an empty name stands in its way"
*.aliases IN CNAME www
*.star.inner IN TXT "inner"
nowhere IN MX 0 .
nowhere IN SRV 0 0 0 .
nowhere IN A 192.0.2.54
old IN DNAME new
old IN TXT "beside it"
www.new IN A 192.0.2.46
far IN DNAME elsewhere.example.
*.gen IN TXT "generated"
$GENERATE 1-3 host$.gen IN A 192.0.2.\${50,0,d}
signed IN NS ns.signed
signed IN NS ns.unsigned
signed IN DS 60485 13 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A
ns.signed IN A 192.0.2.47
ns.signed IN AAAA 2001:db8::47
unsigned IN NS ns.unsigned
ns.unsigned IN A 192.0.2.48
lone IN NS ns.elsewhere.example.
cut.c IN NS ns.cut.c
ns.cut.c IN A 192.0.2.49
`

const NAMES = [
  '@ mail www www.upper types alias chain outside nowhere-alias wild-alias ent-alias below-alias loop pool',
  'c b.c a.b.c x.c x.a.b.c x.www *.wild wild x.wild y.x.wild there.wild x.there.wild ent.wild a.ent.wild x.ent.wild',
  'x.aliases aliases inner star.inner x.star.inner *.star.inner old x.old www.old y.x.old new www.new far x.far',
  'host1.gen host9.gen signed ns.signed x.signed unsigned ns.unsigned www.unsigned lone x.lone cut.c x.cut.c nothing',
  '0 nowhere zzz _tcp \\000',
].flatMap((line) => line.split(' '))

const TYPE_NAMES: readonly string[] = [...Object.keys(TYPES), ...OTHERS]

/** As dig takes them, one a line. */
export const QUESTIONS: readonly string[] = NAMES.flatMap((name) => {
  const whole = name === '@' ? ZONE : `${name}.${ZONE}`
  return TYPE_NAMES.map((type) => `${whole} ${type}`)
})
