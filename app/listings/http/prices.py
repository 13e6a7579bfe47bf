"""Where does anybody see what credits of a kind cost?"""

from datetime import date
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from app.core.db import Database
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.listings import queries
from app.listings.schemas import DailyPriceOut

_Text = Annotated[str | None, QueryParameter(min_length=1, max_length=100)]
_From = Annotated[date | None, QueryParameter(name="from", description="The first day, in Japan.")]
_To = Annotated[date | None, QueryParameter(name="to", description="The last day, in Japan.")]


@get("/v1/prices", tags=["Prices"])
async def list_daily_prices(
    *,
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    registry: _Text = None,
    family: _Text = None,
    unit: _Text = None,
    first: _From = None,
    last: _To = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[DailyPriceOut]:
    """Averages by day and category (a registry's family of methodologies), newest first; each day once it is over."""
    wanted = queries.PriceFilter(registry, family, unit, first, last)
    page = cursors.page(Listed("prices", wanted.named(), "-day", None), limit=limit, cursor=cursor)
    async with db.public() as session:
        rows = await queries.daily_prices(session, page, wanted)
        return cursors.answer(page, rows, key=queries.daily_price_place, show=DailyPriceOut.of)


routes = [list_daily_prices]
