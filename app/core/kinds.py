"""What can an answer bring along? A kind of thing, where its id stands, and who loads it for the caller."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core.db import Database
from app.core.scope import Scope

Load = Callable[[Database, Scope, Sequence[UUID], datetime], Awaitable[Mapping[UUID, object]]]
"""What the caller may see of these, by id, in a number of statements that does not depend on how many they are."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that can be brought along: `name` is put beside the `field` that holds an id with one of these prefixes."""

    name: str
    field: str
    prefixes: tuple[str, ...]
    load: Load
