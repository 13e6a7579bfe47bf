"""How does a life buy on account? It owes, its month is invoiced, and its buyer pays the invoice by bank, whole or in parts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from app.ledger.rules import month_after, month_of
from benchmarks.scenarios.lives.life import Life
from benchmarks.scenarios.lives.town import Town
from tests.invoices.counter import BILLING, PROFILE, SEEN, TERMS

_OPEN: Final = "select reference, open_minor from invoice_claim where org_id = $1 and open_minor > 0 order by id"
_TOO_MUCH: Final = (
    "select bank_reference from bank_line where status = 'for_a_person' and unapplied_minor > 0"
    " and payer_org_id is not null and order_id is null order by id"
)


async def begin(life: Life) -> None:
    """The desk lends a buyer the money for its order."""
    desk, buyer = life.town.stage.world.desk, life.buyer
    terms = TERMS | {"limit": {"amount": 10_000_000, "currency": "JPY"}, "valid_from": "2020-01-01"}
    at = f"/v1/admin/organisations/{buyer.id}/credit-line"
    for client, path, body in ((desk.client, at, terms), (buyer.client, "/v1/billing-profile", BILLING)):
        answer = await client.patch(path, json=body, headers=SEEN)
        assert answer.status_code == 200, answer.text
    owed = await buyer.post(f"/v1/orders/{life.order['id']}/on-account")
    assert owed.status_code == 201, owed.text


async def month_ends(town: Town, lives: Sequence[Life]) -> None:
    """The month is over, its orders are invoiced, and their buyers pay."""
    owing = [life for life in lives if life.on_account]
    await _say_who_issues(town)
    now = town.stage.world.now()
    over = datetime.combine(month_after(month_of(now.date())), datetime.min.time(), UTC) + timedelta(days=2)
    await town.later(over - now)
    await town.clockwork("invoices.close_months")
    for turn in (_first, _second):
        for life in owing:
            turn(life, await town.pool.fetch(_OPEN, life.buyer.org_id))
        await town.told_by_the_bank()
        await _give(town, owing)
    paid = "select count(*) from invoice_claim where open_minor = 0 and credited_minor < amount_minor"
    town.stage.facts["invoices paid"] = await town.pool.fetchval(paid)
    for row in await town.pool.fetch(_TOO_MUCH):
        wish = {"resolution": "refund", "note": "過入金"}
        await town.asked(f"/v1/admin/bank-lines/{await town.line(row['bank_reference'])}/resolve", wish)
    await town.work()


def _first(life: Life, claims: Sequence[Any]) -> None:
    """What its buyer transfers at once."""
    total = sum(row["open_minor"] for row in claims)
    if not total:
        return  # All of it was given back.
    match life.way:
        case "account unnamed":
            life.unnamed, life.meant = (
                life.town.bank.book(claims[0]["open_minor"] + life.n, "ﾌﾒｲ"),
                claims[0]["reference"],
            )
        case "account in two":
            _pay(life, claims, max(1, total // 3))
        case "account over":
            _pay(life, claims, total + life.lots.randint(1, 5_000))
        case _:
            _pay(life, claims, total)


def _second(life: Life, claims: Sequence[Any]) -> None:
    """What is open still."""
    if claims:
        _pay(life, claims, sum(row["open_minor"] for row in claims))


def _pay(life: Life, claims: Sequence[Any], minor: int) -> None:
    references = " ".join(row["reference"] for row in claims)
    life.town.bank.book(minor, f"{references} ｱｵﾊﾞ")


async def _give(town: Town, owing: Sequence[Life]) -> None:
    """A person gives what names no invoice to the one that it is of."""
    for life in (each for each in owing if each.meant):
        wish = {"resolution": "apply_to_invoice", "note": "電話で確認", "payment_reference": life.meant}
        await town.asked(f"/v1/admin/bank-lines/{await town.line(life.unnamed)}/resolve", wish)
        life.meant = ""
    await town.work()


async def _say_who_issues(town: Town) -> None:
    desk = town.stage.world.desk
    entered = await desk.post("/v1/admin/desk-profiles", PROFILE | {"valid_from": "2020-01-01"})
    assert entered.status_code == 201, entered.text
    for seller in (*town.sellers, town.scarce):
        at = f"/v1/admin/organisations/{seller.party.id}/invoice-status"
        told = await desk.client.patch(at, json={"confirmed_on": None, "note": "未登録"}, headers=SEEN)
        assert told.status_code == 200, told.text
