"""What is said to the fake Gold Standard, and what stands in its book."""

from enum import StrEnum
from typing import Any

import msgspec

from integrations.registries.fake.messages import BookRecord


class NewProject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A project; its id is the registry's own, and its GS number another."""

    sustaincert_id: int
    name: str


class NewBlock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Credits issued to a project, in tonnes."""

    sustaincert_id: int
    vintage: str
    batch_number: int
    first: int
    last: int


class Retired(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole block that was retired."""

    block_id: int
    note: str
    use_case: str


class Stage(StrEnum):
    """What a request wants."""

    PROJECTS = "projects"
    CREDITS = "credits"


class FaultName(StrEnum):
    """What can go wrong, beside what this registry does every day."""

    TOO_MANY = "too_many"  # 429, and come back in zero seconds.
    HTML = "html"
    DOWN = "down"
    DROPS = "drops"
    CUT_JSON = "cut_json"
    GROWS_AFTER = "grows_after"  # A block is issued behind the answer's back.
    SHRINKS_AFTER = "shrinks_after"  # The newest block is retired behind the answer's back.
    IGNORES_QUERY = "ignores_query"  # The one filter that works does not.
    CLAMPS_LOWER = "clamps_lower"  # Ten on a page, however many were asked for.
    MISCOUNTS = "miscounts"
    SAYS_NO_COUNTS = "says_no_counts"


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fault for the next `times` requests of one stage."""

    name: FaultName
    at: Stage
    times: int = 1


class View(msgspec.Struct, frozen=True):
    """What a checker reads: the book's lines, and each block as it is on the wire today."""

    records: tuple[BookRecord, ...]
    blocks: tuple[dict[str, Any], ...]
