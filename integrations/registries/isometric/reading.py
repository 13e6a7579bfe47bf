"""What does Isometric say that an organisation holds and has retired? Page by page, counted to the end.

Our cursor carries how many entries were read and how many the registry spoke of, so that the last page can say whether
the list was whole.
"""

from collections.abc import Sequence
from datetime import UTC, date

import msgspec

from integrations.registries.isometric.answers import Page, Trouble, block_of, held_line, retired_lines
from integrations.registries.isometric.api import IsometricApi
from integrations.registries.isometric.shapes import Batch, BatchStatus, Retirement
from integrations.registries.lines import Reading, ReadingFailed, StatementLine, StatementPage
from integrations.registries.waiting import wait_of


class _Place(msgspec.Struct, frozen=True, array_like=True):
    """How far a list was read: entries, the registry's own count, and where the next page begins."""

    seen: int
    total: int
    after: str


class Statements:
    """Reads one registry's lists."""

    def __init__(self, api: IsometricApi) -> None:
        self._api = api

    async def holdings(self, owner_id: str, *, cursor: str | None, request_id: str) -> Reading:
        """Active batches that the organisation owns, one page."""
        place = _place_of(cursor)
        if isinstance(place, ReadingFailed):
            return place
        page = await self._api.batches_page(owner_id, _after(place), request_id)
        if isinstance(page, Trouble):
            return _failed(page)
        held = [one for one in page.items if one.status is BatchStatus.ACTIVE and one.owner.id == owner_id]
        return _page_of(page, place, [held_line(one) for one in held], page.raw, whole=True)

    async def retired(self, owner_id: str, *, since: date | None, cursor: str | None, request_id: str) -> Reading:
        """Retirements of what the organisation owned, one page, each with its batches; older ones are passed over.

        The registry tells the serials of each retirement for itself: a page is as many calls as it has retirements.
        """
        place = _place_of(cursor)
        if isinstance(place, ReadingFailed):
            return place
        page = await self._api.retirements_page(owner_id, _after(place), request_id)
        if isinstance(page, Trouble):
            return _failed(page)
        lines: list[StatementLine] = []
        raw, whole = [page.raw], True
        for retirement in page.items:
            if retirement.owner.id != owner_id or _is_older(retirement, since):
                continue
            taken = await self._api.batches_of(retirement.id, request_id)
            if isinstance(taken, Trouble):
                return _failed(taken)
            batches, said = taken
            lines += retired_lines(retirement, batches)
            raw.append(said)
            whole = whole and _adds_up(retirement, batches)
        return _page_of(page, place, lines, b"[" + b",".join(raw) + b"]", whole=whole)


def _adds_up(retirement: Retirement, batches: Sequence[Batch]) -> bool:
    """Whether a retirement's batches are all that it says it took, in serials of a form that we can read."""
    taken_kg = sum(batch.size.credit_kgs for batch in batches)
    return taken_kg == retirement.credit_batch_size_total.credit_kgs and all(block_of(one) for one in batches)


def _is_older(retirement: Retirement, since: date | None) -> bool:
    return since is not None and retirement.retired_at.astimezone(UTC).date() < since


def _page_of(
    page: Page[Batch] | Page[Retirement], place: _Place | None, lines: list[StatementLine], raw: bytes, *, whole: bool
) -> StatementPage:
    seen = len({one.id for one in page.items}) + (place.seen if place else 0)
    counted = whole and (place is None or place.total == page.total_count)
    if page.next_after is None:
        return StatementPage(tuple(lines), None, counted and seen == page.total_count, raw)
    if not page.items or seen >= page.total_count:  # It would go on for ever.
        return StatementPage(tuple(lines), None, complete=False, raw=raw)
    cursor = msgspec.json.encode(_Place(seen, page.total_count, page.next_after)).decode()
    return StatementPage(tuple(lines), cursor, counted, raw)


def _place_of(cursor: str | None) -> _Place | ReadingFailed | None:
    try:
        return None if cursor is None else msgspec.json.decode(cursor, type=_Place)
    except msgspec.MsgspecError:
        return ReadingFailed("a cursor that is not ours", wait_of(None))


def _after(place: _Place | None) -> str | None:
    return None if place is None else place.after


def _failed(trouble: Trouble) -> ReadingFailed:
    return ReadingFailed(trouble.why, wait_of(trouble.retry_after))
