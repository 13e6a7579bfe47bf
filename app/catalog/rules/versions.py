"""Is a methodology's version within a range of versions?"""

import re

_VERSION = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4}){0,5}")
_ENDING_ZEROS = re.compile(r"(?:\.0+)+$")

VersionKey = tuple[int, ...]


def version_key(text: str | None) -> VersionKey | None:
    """The version as numbers to compare: "4.0" is 4, "2.10" comes after "2.9". None where it is none, or not named."""
    if text is None or _VERSION.fullmatch(text) is None:
        return None
    return tuple(int(part) for part in _ENDING_ZEROS.sub("", text).split("."))


def within(version: str | None, first: str, last: str) -> bool | None:
    """Whether a version is one of these, both inclusive; None where the version is not known."""
    key, low, high = version_key(version), version_key(first), version_key(last)
    assert low is not None, first
    assert high is not None, last
    return None if key is None else low <= key <= high
