"""Why a piece of KLV is refused, in the order in which a local set is judged; the kernels give the index."""

OK, JUNK, UNKNOWN_SET, TOO_LONG, TRUNCATED, STRUCTURE, NO_CHECKSUM, CHECKSUM, BAD_ITEM = range(9)
REASONS = ("", "junk", "unknown_set", "too_long", "truncated", "structure", "no_checksum", "checksum", "bad_item")
