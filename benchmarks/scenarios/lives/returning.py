"""How does money leave the desk again by a file of transfers? To buyers, and to payers without a payment; the bank returns some."""

from collections.abc import Sequence
from typing import Any, Final

from app.core.ids import public_id
from benchmarks.scenarios.lives.life import Life
from benchmarks.scenarios.lives.town import Town
from tests.payouts.counting_house import ACCOUNT

_DUE: Final = "select id, org_id, amount_minor - set_off_minor as minor from refund where way = 'bank' and status = 'due' order by id"
_CONFIRMED: Final = "select org_id from payout_account where status = 'confirmed' and org_id = any ($1)"
_BOUNCES: Final = 0.25
_NOTE: Final = {"note": "電話で確認"}


async def strangers_pay(town: Town, lives: Sequence[Life]) -> None:
    """Somebody pays whom nobody knows, and a person decides that it goes back."""
    strays = [town.bank.book(1_000 + life.n, "ﾀﾞﾚｶ") for life in lives if life.way == "bank never"]
    await town.told_by_the_bank()
    for reference in strays:
        wish = {"resolution": "refund", "note": "心当たりなし"}
        await town.asked(f"/v1/admin/bank-lines/{await town.line(reference)}/resolve", wish)


async def by_file(town: Town, *, bounces: bool) -> None:
    """One file sends all that is due by bank; the bank books its total, or each transfer, and with `bounces` returns some."""
    await _accounts_of_buyers(town)
    await _accounts_of_strangers(town)
    due = [("refund", row["id"], row["minor"]) for row in await town.pool.fetch(_DUE)]
    back = await town.pool.fetch("select id, amount_minor from line_return where status = 'confirmed' order by id")
    due += [("line_return", row["id"], row["amount_minor"]) for row in back]
    if not due:
        return
    maker = town.house.maker
    file = await town.asked("/v1/admin/refund-files", {"transfer_on": town.house.bank_day().isoformat()}, by=maker)
    content = (await maker.get(f"/v1/admin/payout-files/{file['id']}/content")).content
    await town.asked(f"/v1/admin/payout-files/{file['id']}/sent", by=town.house.checker)
    assert sorted(town.bank.execute(content)) == sorted(minor for _, _, minor in due), due
    await _debited(town, file, due)
    if bounces:
        await _returned(town, [each for each in due if town.postman.lots.random() < _BOUNCES])


async def _debited(town: Town, file: dict[str, Any], due: Sequence[tuple[str, Any, int]]) -> None:
    at, maker = f"/v1/admin/payout-files/{file['id']}/debited", town.house.maker
    if town.postman.lots.random() < 0.5:
        reference = town.bank.book(-sum(minor for _, _, minor in due), "ｿｳｺﾞｳﾌﾘｺﾐ")
        await town.told_by_the_bank()
        await town.asked(at, {"bank_line_id": await town.line(reference)}, by=maker)
        return
    sent = [(what, row_id, town.bank.book(-minor, "ﾌﾘｺﾐ")) for what, row_id, minor in due]
    await town.told_by_the_bank()
    for what, row_id, reference in sent:
        wish = {"bank_line_id": await town.line(reference), f"{what}_id": _written(what, row_id)}
        await town.asked(at, wish, by=maker)


async def _returned(town: Town, due: Sequence[tuple[str, Any, int]]) -> None:
    back = [(what, row_id, town.bank.book(minor, "ｸﾐﾓﾄﾞｼ")) for what, row_id, minor in due]
    await town.told_by_the_bank()
    for what, row_id, reference in back:
        wish = {"bank_line_id": await town.line(reference), "reason": "口座なし"}
        door = "refunds" if what == "refund" else "line-returns"
        await town.asked(f"/v1/admin/{door}/{_written(what, row_id)}/returned", wish, by=town.house.maker)
    town.returned += len(back)


async def _accounts_of_buyers(town: Town) -> None:
    """Who is owed money and has no account, or whose account the bank does not know, names another."""
    owed = {row["org_id"] for row in await town.pool.fetch(_DUE)}
    known = {row["org_id"] for row in await town.pool.fetch(_CONFIRMED, list(owed))}
    for org_id in sorted(owed - known):
        wish = {"buyer_id": public_id("org", org_id), "account": _account(town)}
        named = await town.asked("/v1/admin/payout-accounts", wish, by=town.house.maker)
        await town.asked(f"/v1/admin/payout-accounts/{named['id']}/confirm", _NOTE, by=town.house.checker)


async def _accounts_of_strangers(town: Town) -> None:
    listed = await town.house.maker.get("/v1/admin/line-returns", params={"limit": 100})
    for line in listed.json()["data"]:
        wish = {"bank_line_id": line["bank_line_id"], "account": _account(town)}
        named = await town.asked("/v1/admin/line-returns", wish, by=town.house.maker)
        await town.asked(f"/v1/admin/line-returns/{named['id']}/confirm", _NOTE, by=town.house.checker)


def _account(town: Town) -> dict[str, str]:
    return ACCOUNT | {"account_number": f"{town.postman.lots.randrange(10**7):07}"}


def _written(what: str, row_id: Any) -> str:
    return public_id("rfd" if what == "refund" else "lrt", row_id)
