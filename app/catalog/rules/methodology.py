"""Which methodology, and which version of it, does a cell of a project list name?"""

import re
import unicodedata
from typing import NamedTuple

from app.core.text import tidy_line

# Code systems seen in the J-Credit project list of June 2024 (japancredit.go.jp/project/): J-Credit EN-S-001, FO-001;
# former Domestic Credit 001, 001-A; former J-VER R001, E014, I001, SS-E004.
_CODE = r"(?P<code>[A-Z]{2}(?:-[A-Z])?-[0-9]{3}|[0-9]{3}(?:-[A-Z])?|(?:SS-)?[A-Z][0-9]{3})"
_NAMED = re.compile(rf"{_CODE}(?: ?VER\.? ?(?P<versions>[0-9].*))?")
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_AND = re.compile(r" ?(?:および|及び|と|、|,|・|/) ?(?:VER\.? ?)?")


class MethodologyName(NamedTuple):
    """A code such as "EN-S-001" or "001-A", and the versions named beside it: none, usually one, sometimes two."""

    code: str
    versions: tuple[str, ...]

    @property
    def version(self) -> str | None:
        """The version, when there is exactly one; rules on versions must not guess between two."""
        return self.versions[0] if len(self.versions) == 1 else None


def methodology_name(text: str) -> MethodologyName | None:
    """Read "EN-S-001 Ver. 1.1", "FO-001ver 4.1", "EN-R-001 Ver. 1.3および1.7", "001-A", "SS-E004"; None when unlike these."""
    match = _NAMED.fullmatch(tidy_line(unicodedata.normalize("NFKC", text)).upper())
    if match is None:
        return None
    written = match["versions"]
    versions = tuple(_AND.split(written)) if written else ()
    if not all(_VERSION.fullmatch(version) for version in versions):
        return None
    return MethodologyName(match["code"], versions)
