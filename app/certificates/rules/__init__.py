"""Numbers, words and frozen facts of a certificate: decisions without a database."""

from app.certificates.rules.contents import (
    SCHEMA,
    CertificateContents,
    EnergyStated,
    Evidence,
    Line,
    Purpose,
    RegistryNamed,
    RenewableEnergy,
    SerialSpan,
    Words,
    canonical_bytes,
    read_contents,
    sha256_hex,
)
from app.certificates.rules.number import RANDOM_BITS, new_number, read_number
from app.certificates.rules.stated import LISTS, Retired, RetiredRange, contents

__all__ = [
    "LISTS",
    "RANDOM_BITS",
    "SCHEMA",
    "CertificateContents",
    "EnergyStated",
    "Evidence",
    "Line",
    "Purpose",
    "RegistryNamed",
    "RenewableEnergy",
    "Retired",
    "RetiredRange",
    "SerialSpan",
    "Words",
    "canonical_bytes",
    "contents",
    "new_number",
    "read_contents",
    "read_number",
    "sha256_hex",
]
