"""May an answer bring along what it names by id? `expand=lines.listing`: an allow-list for each route, depth three.

A route declares its paths in `opt={"expand": ("order", "retirement.holding")}` and hands its answer to the dependency
`expanding`. A step of a path is a field that is there already (`lines`), or a kind: an object that is put beside the
field with its id (`listing` beside `listing_id`). Each kind is loaded for the whole answer at once, never for each row.
What the caller may not see, or what is gone, is null.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.params import QueryParameter

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import BadRequest, FieldError
from app.core.ids import read_public_id
from app.core.kinds import Kind
from app.core.scope import Scope

DEPTH_MAX: Final = 3
Shown = TypeVar("Shown")

ExpandParameter = Annotated[
    list[str] | None,
    QueryParameter(name="expand", description="What to bring along beside its id; may be given several times."),
]


class UnknownExpansion(BadRequest):
    """400: `expand` names what this address cannot bring along; the detail names what it can."""

    code = "unknown_expansion"
    title_en = "This cannot be expanded here"
    title_ja = "この項目は展開できません"


class Expansions:
    """Every kind of this application."""

    def __init__(self, db: Database, kinds: Sequence[Kind]) -> None:
        """No two kinds share a name."""
        self._db = db
        self._kinds = {kind.name: kind for kind in kinds}
        assert len(self._kinds) == len(kinds), kinds

    async def asked(self, request: Request[Any, Any, Any], expand: ExpandParameter = None) -> "Expanding":
        """What this request wants to be brought along, for the dependency. Raises UnknownExpansion (400)."""
        allowed = allowed_by(request.route_handler)
        unknown = [path for path in expand or () if path not in allowed]
        if unknown:
            errors = tuple(
                FieldError("?expand", "unknown", f"{path[:100]} cannot be expanded.") for path in unknown[:20]
            )
            raise UnknownExpansion(f"Here you can expand: {', '.join(allowed)}.", errors=errors)
        return Expanding(self._db, self._kinds, tuple(dict.fromkeys(expand or ())))


@dataclass(frozen=True, slots=True)
class Expanding:
    """The wishes of one request."""

    db: Database
    kinds: Mapping[str, Kind]
    paths: tuple[str, ...]

    async def __call__(self, scope: Scope, answer: Response[Shown]) -> Response[Shown]:
        """The answer with what was asked for. Its ETag is then of its content: another version of any part shows."""
        if not self.paths:
            return answer
        shown = msgspec.to_builtins(answer.content, enc_hook=str)
        rows = shown["data"] if isinstance(shown, dict) and "next_cursor" in shown else [shown]
        for path in sorted(self.paths, key=lambda each: each.count(".")):
            await self._expand(scope, rows, path.split("."))
        kept = {name: value for name, value in answer.headers.items() if name.lower() != "etag"}
        return Response(shown, status_code=answer.status_code or 200, headers=kept)

    async def _expand(self, scope: Scope, rows: Sequence[Any], steps: Sequence[str]) -> None:
        here = list(rows)
        for step in steps:
            kind = self.kinds.get(step)
            if kind is not None:
                await self._bring(scope, [row for row in here if step not in row and kind.field in row], kind)
            here = [inner for row in here for inner in _objects(row.get(step))]

    async def _bring(self, scope: Scope, rows: Sequence[dict[str, Any]], kind: Kind) -> None:
        ids = {row[kind.field]: found for row in rows if (found := _id(row[kind.field], kind)) is not None}
        loaded = await kind.load(self.db, scope, list(dict.fromkeys(ids.values())), utc_now()) if ids else {}
        for row in rows:
            wanted = ids.get(row[kind.field])
            row[kind.name] = msgspec.to_builtins(None if wanted is None else loaded.get(wanted), enc_hook=str)


def allowed_by(handler: Any) -> tuple[str, ...]:
    """The paths that a route can expand."""
    allowed: tuple[str, ...] = handler.opt.get("expand", ())
    return allowed


def _id(text: Any, kind: Kind) -> UUID | None:
    found = (read_public_id(prefix, str(text)) for prefix in kind.prefixes)
    return next((each for each in found if each is not None), None)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))
