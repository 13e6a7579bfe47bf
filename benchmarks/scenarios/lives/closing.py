"""Does the desk's own closing find that all agrees, and can two people then close every month?"""

from datetime import UTC, date, datetime, timedelta

from app.closing import operations
from app.closing.errors import MonthNotReady
from app.core.ids import new_id
from app.core.scope import DESK_ID, Scope
from app.ledger.rules import month_after, month_of
from benchmarks.scenarios.lives.town import Town


async def agreement(town: Town) -> list[str]:
    """What the desk's page of agreement does not explain, when Stripe's book was read to its end after the last month."""
    last = await town.pool.fetchval("select max(day) from posting")
    over = datetime.combine(month_after(last), datetime.min.time(), UTC) + timedelta(days=2)
    await town.later(max(over - town.stage.world.now(), timedelta(days=2)))
    await town.clockwork("closing.fetch_stripe_lines", "closing.fetch_stripe_lines")
    told = []
    desk = town.stage.world.desk
    for month in await _months(town):
        page = (await desk.get("/v1/admin/book/agreement", params={"month": f"{month:%Y-%m}"})).json()
        told += [f"the page of agreement says {each}" for each in page["stripe"] if _is_off(each)]
        told += [
            f"the page of agreement says {each}" for each in page["bank"] if each["difference"] or each["unexplained"]
        ]
        told += [f"the page of agreement says {each} wait" for each in page["bank_waiting"]]
    open_ones = (await desk.get("/v1/admin/book/differences", params={"limit": 100})).json()["data"]
    return told + [f"a difference is open: {each}" for each in open_ones if each["status"] != "resolved"]


async def close_months(town: Town) -> list[str]:
    """Close each month with a posting; what keeps it open."""
    now, told = town.stage.world.now(), []
    for month in await _months(town):
        one, other = _person(), _person()
        try:
            async with town.stage.world.db.transaction(one) as session:
                proposed = await operations.propose(session, one, month, close_id=new_id(), now=now)
            async with town.stage.world.db.transaction(other) as session:
                close = await operations.locked_close(session, proposed.id)
                await operations.confirm(session, other, close, now=now)
        except MonthNotReady as refused:
            told.append(f"{month:%Y-%m} cannot be closed: {refused}")
    return told


async def _months(town: Town) -> list[date]:
    rows = await town.pool.fetch("select distinct day from posting order by day")
    return sorted({month_of(row["day"]) for row in rows})


def _is_off(each: dict[str, object]) -> bool:
    waiting, found = each["waiting"], each["open_differences"]
    assert isinstance(waiting, dict)
    assert isinstance(found, dict)
    return bool(each["difference"] or each["unexplained"] or waiting["count"] or found["count"])


def _person() -> Scope:
    return Scope(DESK_ID, new_id(), "member", frozenset({"read", "admin"}), "req_lives", "operator")
