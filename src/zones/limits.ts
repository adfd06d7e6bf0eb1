// What one zone may come to. Beyond it an edit fails with a value, and what a zone file or a world file has more is a problem.

/** Records of one zone; ours: four times the largest that is measured, some 500 MB. */
export const RECORDS_MAX = 4_000_000
/** Octets of the data of all records that are read or put there; ours: 1 GiB, an eighth of what places in an arena can say. */
export const CONTENTS_MAX_BYTES = 1_073_741_824
/** Types at one name; ours: IANA knows fewer than a hundred. */
export const SETS_PER_NAME_MAX = 256
/** Octets of the data of one set with ten each for type, class, TTL and length: what fits into a message (RFC 1035 §4.2.2). */
export const SET_MAX_BYTES = 65_535
/** Octets in front of the data of each record, its name left out (RFC 1035 §4.1.3). */
export const RECORD_OVERHEAD_BYTES = 10
/** Octets of one record's data (RFC 1035 §4.1.3: 16 bits). */
export const DATA_MAX_BYTES = 65_535
/** Edits of one zone that wait for the ones before to become durable; ours. */
export const EDITS_WAITING_MAX = 10_000
/** Removals and additions of one edit; ours: as many records as fit into a message are 5,957 (RFC 2136 §2.5), a transfer's steps have more. */
export const EDIT_CHANGES_MAX = 1_000_000
/** Names that are kept beside the contents that were read, or one in so many of those: beyond both, all become new contents. */
export const OVERLAY_NAMES_MIN = 4096
export const OVERLAY_PART = 4
/** Differences that are kept for those who transfer increments (RFC 1995 §5 asks for a bound); ours. */
export const DIFFERENCES_MAX = 1000
/** Octets of the records in them; ours, some 500,000 records. */
export const DIFFERENCES_MAX_BYTES = 16_777_216
/** Octets of edits in a journal before it is written anew; a zone that was put there whole may have as many again. */
export const JOURNAL_MAX_BYTES = 16_777_216
