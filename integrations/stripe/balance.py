"""How is Stripe's book about our balance read forward, although Stripe lists it backward?

`ending_before` gives the lines next to a known one on its newer side, newest first (docs.stripe.com/api/pagination). The
very first line has no such neighbour: it is found by its time, halving, in some thirty questions however long the
book is. Nothing but one page is ever held.
"""

from functools import partial
from typing import Final

from stripe.params import BalanceTransactionListParams

from integrations.stripe import reading, shapes
from integrations.stripe.answers import believed
from integrations.stripe.calling import Calling
from integrations.stripe.client import BalancePage, LookupFailed
from integrations.stripe.lists import PAGE_SIZE, PAGES_MAX, Entry, Page, page_of

_BEFORE_ALL: Final = 1_262_304_000
"""The first second of 2010, when Stripe moved no money yet."""


async def lines_after(calling: Calling, after: str, limit: int) -> BalancePage | LookupFailed:
    """Up to `limit` lines that are newer than the line `after`, the oldest first; from 1 to 100 of them."""
    assert 0 < limit <= PAGE_SIZE, "Stripe gives 1 to 100 at once."
    page = await _page(calling, {"limit": limit, "ending_before": after})
    if isinstance(page, LookupFailed):
        return page
    if any(entry.id == after for entry in page.entries):
        return LookupFailed("a page that begins before its beginning")
    return _book(page)


async def first_lines(calling: Calling, limit: int) -> BalancePage | LookupFailed:
    """The first lines of the book, from 1 to 100 of them, the oldest first."""
    assert 0 < limit <= PAGE_SIZE, "Stripe gives 1 to 100 at once."
    newest = await _newest(calling, {"limit": 1})
    if newest is None:
        return BalancePage((), more=False)
    oldest = newest if isinstance(newest, LookupFailed) else await _oldest(calling, newest)
    if isinstance(oldest, LookupFailed):
        return oldest
    if limit == 1:
        return BalancePage((oldest,), more=newest != oldest)
    rest = await lines_after(calling, oldest.id, limit - 1)
    return rest if isinstance(rest, LookupFailed) else BalancePage((oldest, *rest.lines), more=rest.more)


async def _oldest(calling: Calling, newest: shapes.BalanceTransaction) -> shapes.BalanceTransaction | LookupFailed:
    """The last line of the second in which the book begins. A line lies at `late` or before, and none at `early`."""
    early, late = _BEFORE_ALL, int(newest.created_at.timestamp())
    while late - early > 1:
        middle = (early + late) // 2
        line = await _newest(calling, {"limit": 1, "created": {"lte": middle}})
        if isinstance(line, LookupFailed):
            return line
        if line is None:
            early = middle
            continue
        late = int(line.created_at.timestamp())
        if not early < late <= middle:
            return LookupFailed("a line from another time than was asked for")
    return await _last(calling, {"limit": PAGE_SIZE, "created": {"lte": late}})


async def _last(calling: Calling, params: BalanceTransactionListParams) -> shapes.BalanceTransaction | LookupFailed:
    for _ in range(PAGES_MAX):
        page = await _page(calling, params)
        if isinstance(page, LookupFailed):
            return page
        if not page.entries:
            return LookupFailed("a line that is gone")
        if not page.more:
            return _line(page.entries[-1])
        params["starting_after"] = page.entries[-1].id
    return LookupFailed(f"more than {PAGES_MAX} pages of one second")


async def _newest(
    calling: Calling, params: BalanceTransactionListParams
) -> shapes.BalanceTransaction | LookupFailed | None:
    page = await _page(calling, params)
    if isinstance(page, LookupFailed):
        return page
    return _line(page.entries[0]) if page.entries else None


async def _page(calling: Calling, params: BalanceTransactionListParams) -> Page | LookupFailed:
    return await page_of(
        calling, partial(calling.api.balance_transactions.list_async, params), limit=params.get("limit", PAGE_SIZE)
    )


def _book(page: Page) -> BalancePage | LookupFailed:
    lines: list[shapes.BalanceTransaction] = []
    for entry in reversed(page.entries):
        line = _line(entry)
        if isinstance(line, LookupFailed):
            return line
        lines.append(line)
    return BalancePage(tuple(lines), page.more)


def _line(entry: Entry) -> shapes.BalanceTransaction | LookupFailed:
    return believed(entry.raw, reading.balance_transaction, {})
