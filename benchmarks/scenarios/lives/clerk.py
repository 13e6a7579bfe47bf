"""What do the desk's people do every day? Lines that wait, refunds by bank, payouts, and what Stripe sends to the bank."""

from collections.abc import Sequence
from typing import Any, Final

from app.core.ids import public_id
from benchmarks.scenarios.lives import returning
from benchmarks.scenarios.lives.life import Life
from benchmarks.scenarios.lives.town import Town
from integrations.stripe.fake.scene import AdvanceRefund, FailRefund, MakePayout, PayoutFailed, PayoutPaid, SettleRefund

_OVER: Final = (
    "select l.id from bank_line l left join orders o on o.id = l.order_id where l.status = 'for_a_person'"
    " and l.unapplied_minor > 0 and l.amount_minor > 0 and l.order_id is not null and o.status <> 'awaiting_payment' order by l.id"
)
_AT_STRIPE: Final = (
    "select stripe_refund_id from refund where way = 'stripe' and stripe_refund_id is not null order by id"
)
_FAILED: Final = (
    "select id from refund r where status = 'failed' and not exists (select from dispute d"
    " where d.order_id = r.order_id and d.outcome = 'open') order by id"
)
_BY_BANK: Final = (
    "select id, amount_minor - set_off_minor as minor from refund where way = 'bank' and status = 'due' order by id"
)
_PAYOUTS: Final = "select id, org_id, payout_minor from payout where status = $1 and method = $2 order by id"

_IN_VAIN: Final = 1_000
"""Yen."""


async def give_names(town: Town, lives: Sequence[Life]) -> None:
    """A line that names no order is given to the one that a person finds."""
    for life in (each for each in lives if each.way == "bank unnamed"):
        wish = {
            "resolution": "apply_to_order",
            "note": "電話で確認",
            "payment_reference": life.order["payment"]["reference"],
        }
        await town.asked(f"/v1/admin/bank-lines/{await town.line(life.unnamed)}/resolve", wish)
    await town.work()


async def give_back(town: Town, *, bounces: bool) -> None:
    """Money that no order wants is owed to its payer, and every refund by bank is transferred, by hand or in a file."""
    for row in await town.pool.fetch(_OVER):
        wish = {"resolution": "refund", "note": "過入金"}
        await town.asked(f"/v1/admin/bank-lines/{public_id('bnk', row['id'])}/resolve", wish)
    for row in await town.pool.fetch(_FAILED):
        await town.asked(f"/v1/admin/refunds/{public_id('rfd', row['id'])}/by-bank")
    owed = [row for row in await town.pool.fetch(_BY_BANK) if town.postman.lots.random() < 0.3]
    sent = [(row["id"], town.bank.book(-row["minor"], "ﾍﾝｷﾝ")) for row in owed]
    await town.told_by_the_bank()
    for refund_id, reference in sent:
        wish = {"bank_line_id": await town.line(reference), "note": "総合振込"}
        await town.asked(f"/v1/admin/refunds/{public_id('rfd', refund_id)}/paid", wish)
    await returning.by_file(town, bounces=bounces)


async def payers_answer(town: Town) -> None:
    """Payers name their accounts to Stripe; some refunds cannot be delivered, some of the cards' only afterwards."""
    for row in await town.pool.fetch(_AT_STRIPE):
        name = row["stripe_refund_id"]
        if name in town.delivered:
            continue
        status = (await town.at_stripe(f"/v1/refunds/{name}"))["status"]
        lot = town.postman.lots.random()
        if status == "succeeded":
            town.delivered.add(name)
        if status == "requires_action":
            await town.till.do(AdvanceRefund(name))
            await town.till.do(FailRefund(name) if lot < 0.25 else SettleRefund(name))
        elif status == "succeeded" and lot < 0.05:
            await town.till.do(FailRefund(name))


async def pay_out(town: Town, *, returns: bool) -> None:
    """Two people pay the providers what the clock has drafted; with `returns` the bank gives one transfer back."""
    await town.clockwork("payouts.run_due")
    for method in ("zengin", "stripe"):
        for row in await town.pool.fetch(_PAYOUTS, "draft", method):
            await town.asked(f"/v1/admin/payouts/{public_id('pyo', row['id'])}/approve", by=town.house.checker)
    await town.work()
    waiting = await town.pool.fetch(_PAYOUTS, "approved", "zengin")
    if not waiting:
        return
    maker = town.house.maker
    file = await town.asked("/v1/admin/payout-files", {"transfer_on": town.house.bank_day().isoformat()}, by=maker)
    content = (await maker.get(f"/v1/admin/payout-files/{file['id']}/content")).content
    await town.asked(f"/v1/admin/payout-files/{file['id']}/sent", by=maker)
    amounts = town.bank.execute(content)
    assert sorted(amounts) == sorted(row["payout_minor"] for row in waiting), (amounts, waiting)
    await _debited(town, file, waiting, at_once=not returns)
    if returns:
        first = waiting[0]
        reference = town.bank.book(first["payout_minor"], "ｸﾐﾓﾄﾞｼ")
        await town.told_by_the_bank()
        wish = {"bank_line_id": await town.line(reference), "reason": "口座なし"}
        await town.asked(f"/v1/admin/payouts/{public_id('pyo', first['id'])}/returned", wish, by=maker)


async def _debited(town: Town, file: dict[str, Any], waiting: Sequence[Any], *, at_once: bool) -> None:
    """The bank books the file's total, or each transfer."""
    at = f"/v1/admin/payout-files/{file['id']}/debited"
    if at_once:
        reference = town.bank.book(-sum(row["payout_minor"] for row in waiting), "ｿｳｺﾞｳﾌﾘｺﾐ")
        await town.told_by_the_bank()
        await town.asked(at, {"bank_line_id": await town.line(reference)}, by=town.house.maker)
        return
    sent = [(row["id"], town.bank.book(-row["payout_minor"], "ﾌﾘｺﾐ")) for row in waiting]
    await town.told_by_the_bank()
    for payout_id, reference in sent:
        wish = {"bank_line_id": await town.line(reference), "payout_id": public_id("pyo", payout_id)}
        await town.asked(at, wish, by=town.house.maker)


async def claw_back(town: Town) -> None:
    """What a provider owes by now is taken back from what Stripe has paid it, as far as that goes."""
    for seller in town.sellers:
        owed = -await town.house.payable(seller.party)
        if seller.method != "stripe" or owed <= 0:
            continue
        paid = await town.pool.fetchrow(
            "select id, payout_minor - reversed_minor as left_minor from payout where org_id = $1 and status = 'paid'"
            " order by payout_minor desc limit 1",
            seller.party.org_id,
        )
        if paid is not None and paid["left_minor"]:
            wish = {"amount": min(owed, paid["left_minor"]), "note": "返金の清算"}
            await town.asked(f"/v1/admin/payouts/{public_id('pyo', paid['id'])}/reverse", wish, by=town.house.maker)
    await town.work()


async def stripe_pays(town: Town) -> None:
    """Stripe sends what is available to the desk's bank, and a person finds it there."""
    if await _available(town) < 1:
        return
    made = await town.till.do(MakePayout(None))
    await town.till.do(PayoutPaid(made["id"]))
    reference = town.bank.book(int(made["amount"]), "STRIPE")
    await town.postman.walk(every=True)
    await town.told_by_the_bank()
    row = await town.pool.fetchrow("select id, bank_line_id from stripe_payout where payout_id = $1", made["id"])
    if row["bank_line_id"] is None:
        wish = {"bank_line_id": await town.line(reference)}
        await town.asked(f"/v1/admin/stripe-payouts/{public_id('spo', row['id'])}/arrived", wish, by=town.house.maker)


async def stripe_pays_in_vain(town: Town) -> None:
    """A payout of Stripe's comes back."""
    if await _available(town) < _IN_VAIN:
        return
    made = await town.till.do(MakePayout(_IN_VAIN))
    await town.postman.walk(every=True)
    await town.work()
    await town.till.do(PayoutFailed(made["id"]))
    await town.postman.walk(every=True)
    await town.work()


async def _available(town: Town) -> int:
    return sum(int(each["amount"]) for each in (await town.at_stripe("/v1/balance"))["available"])
