"""Patterns from coast to coast: signed bundles, the list of who is believed, differences, merges, STIX 2.1."""

from mihari.library.exchange.bundle import SUFFIX, Bundle, Content
from mihari.library.exchange.differing import Change, bundle_differences, differences
from mihari.library.exchange.making import make, passed_on
from mihari.library.exchange.manifest import Link, Manifest, Withdrawal
from mihari.library.exchange.merging import Conflict, Merged, merge
from mihari.library.exchange.provenance import withdrawn
from mihari.library.exchange.reading import parse, read
from mihari.library.exchange.signing import Author, Signer
from mihari.library.exchange.trust import Trust
from mihari.library.exchange.trusting import add_authority, add_signer, revoke, write_whole
from mihari.library.exchange.verifying import Accepted, Counting, Held, Refused, Verdict, verify

__all__ = [
    "SUFFIX",
    "Accepted",
    "Author",
    "Bundle",
    "Change",
    "Conflict",
    "Content",
    "Counting",
    "Held",
    "Link",
    "Manifest",
    "Merged",
    "Refused",
    "Signer",
    "Trust",
    "Verdict",
    "Withdrawal",
    "add_authority",
    "add_signer",
    "bundle_differences",
    "differences",
    "make",
    "merge",
    "parse",
    "passed_on",
    "read",
    "revoke",
    "verify",
    "withdrawn",
    "write_whole",
]
