"""What can be wrong with a file in the banks' format, and where does it stand?"""

from dataclasses import dataclass
from typing import Final, Literal

ZenginCode = Literal[
    # The file as bytes.
    "empty_file",
    "ebcdic",
    "undecodable_byte",
    "wrong_length",
    "truncated",
    "bytes_after_end",
    "too_many_errors",
    # The order of its records.
    "unknown_record",
    "unsupported_type",
    "mixed_types",
    "missing_header",
    "missing_trailer",
    "missing_end",
    # A field.
    "not_digits",
    "not_allowed_character",
    "kanji",
    "empty_field",
    "too_long",
    "unknown_word",
    "unsupported_account",
    "bad_date",
    "date_out_of_range",
    "zero_amount",
    "amount_out_of_range",
    "two_amounts",
    "no_transfers",
    "too_many_transfers",
    # What the file says of itself.
    "wrong_count",
    "wrong_total",
    "wrong_balance",
]
ERRORS_MAX: Final = 100
"""A file with more errors is not of this format: reading stops, and says so."""


@dataclass(frozen=True, slots=True)
class ZenginError:
    """One thing wrong with a file, or with what was to be written into one.

    `record` counts from 1, the header of the first account; 0 is the file as a whole. `field` is our name of the field,
    "" where it is the whole record.
    """

    record: int
    field: str
    code: ZenginCode
    detail: str


@dataclass(frozen=True, slots=True)
class RefusedZengin:
    """A file that was refused whole: at least one error, in the file's order."""

    errors: tuple[ZenginError, ...]
