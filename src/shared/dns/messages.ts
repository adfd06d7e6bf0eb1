// The vocabulary of DNS: messages, code tables, limits with their origin. Holds no bytes-to-values code
// (codec/) and no answers (server.ts, policy.ts). Imports nothing.

/**
 * A domain name in presentation form (RFC 1035 §5.1) without the trailing dot; the root is the empty
 * string. Bytes outside of printable ASCII stand as `\DDD`, a dot within a label as `\.`. Letters keep the
 * case they came in.
 */
export type DomainName = string

export interface Question {
  readonly name: DomainName
  readonly type: number
  readonly class: number
}

export interface ResourceRecord {
  readonly name: DomainName
  readonly type: number
  readonly class: number
  readonly ttlSeconds: number
  /** The record's data on the wire, its names not compressed. `formatRdata` turns it into text. */
  readonly data: Uint8Array
}

export interface EdnsOption {
  readonly code: number
  readonly data: Uint8Array
}

/** The OPT pseudo-record (RFC 6891 §6.1); its upper bits of the response code are in `Message.rcode`. */
export interface Edns {
  readonly udpSizeBytes: number
  readonly version: number
  readonly dnssecOk: boolean
  readonly options: readonly EdnsOption[]
}

export interface Message {
  readonly id: number
  readonly opcode: number
  readonly response: boolean
  readonly authoritative: boolean
  readonly truncated: boolean
  readonly recursionDesired: boolean
  readonly recursionAvailable: boolean
  readonly authenticData: boolean
  readonly checkingDisabled: boolean
  /** 12 bits with EDNS, 4 without. */
  readonly rcode: number
  readonly questions: readonly Question[]
  readonly answers: readonly ResourceRecord[]
  readonly authorities: readonly ResourceRecord[]
  /** Without the OPT record, which is `edns`. */
  readonly additionals: readonly ResourceRecord[]
  readonly edns?: Edns
}

/** Bytes or text that mean nothing. */
export interface Malformed {
  readonly kind: 'malformed'
  readonly reason: string
}

export function malformed(reason: string): Malformed {
  return { kind: 'malformed', reason }
}

export function isMalformed(value: object): value is Malformed {
  return 'kind' in value && value.kind === 'malformed'
}

/** A plain query, all flags off but RD; `changes` go over it. */
export function query(id: number, question: Question, changes: Partial<Message> = {}): Message {
  return {
    id,
    opcode: OPCODE.QUERY,
    response: false,
    authoritative: false,
    truncated: false,
    recursionDesired: true,
    recursionAvailable: false,
    authenticData: false,
    checkingDisabled: false,
    rcode: RCODE.NOERROR,
    questions: [question],
    answers: [],
    authorities: [],
    additionals: [],
    ...changes,
  }
}

/** IANA "Resource Record (RR) TYPEs": those whose data is known here, and the query types. */
export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  MB: 7,
  MG: 8,
  MR: 9,
  NULL: 10,
  PTR: 12,
  HINFO: 13,
  MINFO: 14,
  MX: 15,
  TXT: 16,
  RP: 17,
  AFSDB: 18,
  X25: 19,
  ISDN: 20,
  RT: 21,
  NSAP: 22,
  SIG: 24,
  KEY: 25,
  PX: 26,
  GPOS: 27,
  AAAA: 28,
  LOC: 29,
  SRV: 33,
  NAPTR: 35,
  KX: 36,
  CERT: 37,
  DNAME: 39,
  OPT: 41,
  APL: 42,
  DS: 43,
  SSHFP: 44,
  IPSECKEY: 45,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  DHCID: 49,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  SMIMEA: 53,
  HIP: 55,
  NINFO: 56,
  RKEY: 57,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  CSYNC: 62,
  ZONEMD: 63,
  SVCB: 64,
  HTTPS: 65,
  DSYNC: 66,
  SPF: 99,
  NID: 104,
  L32: 105,
  L64: 106,
  LP: 107,
  EUI48: 108,
  EUI64: 109,
  TKEY: 249,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  MAILB: 253,
  MAILA: 254,
  ANY: 255,
  URI: 256,
  CAA: 257,
  AVC: 258,
  AMTRELAY: 260,
  RESINFO: 261,
  WALLET: 262,
  TA: 32_768,
  DLV: 32_769,
} as const

export const CLASS = { IN: 1, CH: 3, HS: 4, NONE: 254, ANY: 255 } as const

export const OPCODE = { QUERY: 0, IQUERY: 1, STATUS: 2, NOTIFY: 4, UPDATE: 5, DSO: 6 } as const

export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  DSOTYPENI: 11,
  BADVERS: 16,
  BADKEY: 17,
  BADTIME: 18,
  BADMODE: 19,
  BADNAME: 20,
  BADALG: 21,
  BADTRUNC: 22,
  BADCOOKIE: 23,
} as const

/** Bits of the header's second 16-bit word (RFC 1035 §4.1.1, RFC 4035 §3). */
export const FLAG = {
  QR: 0x8000,
  AA: 0x0400,
  TC: 0x0200,
  RD: 0x0100,
  RA: 0x0080,
  AD: 0x0020,
  CD: 0x0010,
} as const

const TYPE_NAMES = namesOf(TYPE)
const CLASS_NAMES = namesOf(CLASS)
const OPCODE_NAMES = namesOf(OPCODE)
const RCODE_NAMES = namesOf(RCODE)
const TYPE_NUMBERS = new Map<string, number>(Object.entries(TYPE))

function namesOf(table: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(table).map(([name, value]) => [value, name]))
}

/** `MX`, or `TYPE999` for what has no name here (RFC 3597 §5). */
export function typeName(type: number): string {
  return TYPE_NAMES.get(type) ?? `TYPE${type}`
}

/** The number of `MX`, `mx` or `TYPE15`; undefined for no type at all. */
export function typeNumber(name: string): number | undefined {
  const upper = name.toUpperCase()
  const known = TYPE_NUMBERS.get(upper)
  if (known !== undefined) return known
  const generic = /^TYPE(\d{1,5})$/.exec(upper)
  const number = Number(generic?.[1] ?? Number.NaN)
  return number <= 0xffff ? number : undefined
}

export function className(value: number): string {
  return CLASS_NAMES.get(value) ?? `CLASS${value}`
}

export function opcodeName(opcode: number): string {
  return OPCODE_NAMES.get(opcode) ?? `OPCODE${opcode}`
}

export function rcodeName(rcode: number): string {
  return RCODE_NAMES.get(rcode) ?? `RCODE${rcode}`
}

/** Port of DNS over UDP and TCP (RFC 1035 §4.2). */
export const DNS_PORT = 53
/** Bytes of a message before its first question (RFC 1035 §4.1.1). */
export const HEADER_BYTES = 12
/** Bytes of a name on the wire, length bytes and root included (RFC 1035 §2.3.4). */
export const NAME_MAX_BYTES = 255
/** Bytes of a label (RFC 1035 §2.3.4). */
export const LABEL_MAX_BYTES = 63
/** Bytes of a message over UDP without EDNS (RFC 1035 §2.3.4). */
export const UDP_PLAIN_MAX_BYTES = 512
/** Bytes of a message over TCP: what its 16-bit length can say (RFC 1035 §4.2.2). */
export const MESSAGE_MAX_BYTES = 65_535
/** Bytes of a message over UDP that no link on the way has to fragment (RFC 9715 §3.1). */
export const UDP_UNFRAGMENTED_BYTES = 1232
/** Links of a CNAME chain followed for one question; ours, RFC 1034 §3.6.2 asks for a bound only. */
export const CNAME_CHAIN_MAX = 16
/** Seconds; the top bit of a TTL counts as none (RFC 2181 §8). */
export const TTL_MAX_SECONDS = 0x7fff_ffff
