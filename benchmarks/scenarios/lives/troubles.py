"""What goes wrong after an order was paid? Credits are given back, money is disputed, and somebody bears what is lost."""

from typing import Any, Final

from benchmarks.scenarios.lives.life import Life
from integrations.stripe.fake.scene import DecideDispute, OpenDispute

STEPS: Final = 4
"""The last for what an open dispute held up: nothing is given back before it is decided."""
_NOTE: Final = "お客様のご要望"
_REFUSED: Final = frozenset({"nothing_to_refund", "invalid_state", "invalid_refund"})
"""What is at a registry, or on its way there, does not come back."""


async def freed(life: Life) -> None:
    """A person lets some of the cards' orders go to the registry at once, before anything goes wrong."""
    if life.retires and life.by_card and life.lots.random() < 0.6 and await _status(life) == "fulfilled":
        await life.town.asked(f"/v1/admin/orders/{life.order['id']}/release", {"note": "急ぎ"})


async def happen(life: Life, step: int) -> None:
    """What happens to a paid order at this step, of four."""
    if life.scarce:
        await _filled(life, step)
    status = await _status(life)
    match life.trouble, step:
        case "all back", 0:
            await _back(life, {})
        case (("part back" | "two parts back" | "part back and lost"), 0):
            await _back(life, {"lines": [{"n": 1, "quantity": life.lots.randint(1, 2)}]})
        case "two parts back", 1:
            await _back(life, {"lines": [{"n": 1, "quantity": 1}]})
        case (("goodwill" | "goodwill and lost"), 0) if status == "fulfilled":
            await _goodwill(life)
        case (("won" | "lost"), 0):
            await _disputed(life)
        case (("part back and lost" | "goodwill and lost"), 1):
            await _disputed(life)
        case (("won" | "lost" | "part back and lost" | "goodwill and lost"), 2) if life.dispute:
            await life.town.till.do(DecideDispute(life.dispute, won=life.trouble == "won"))


async def _filled(life: Life, step: int) -> None:
    """What cannot be had is given back, in two steps."""
    if await _status(life) != "short":
        return
    left = await life.town.pool.fetchval(
        "select quantity - refunded from order_line where order_id = $1 and n = 2", life.order_id
    )
    await _back(life, {"lines": [{"n": 2, "quantity": left if step else 1}]})


async def _back(life: Life, wish: dict[str, Any]) -> None:
    answer = await life.town.stage.world.desk.post(
        f"/v1/admin/orders/{life.order['id']}/refunds", {"note": _NOTE, **wish}
    )
    refused = answer.status_code in (409, 422) and answer.json()["code"] in _REFUSED
    assert answer.status_code == 201 or refused, f"{life.name}: {answer.text}"


async def _goodwill(life: Life) -> None:
    house, town = life.town.house, life.town
    left = await town.pool.fetchval(
        "select p.received_minor - coalesce((select sum(amount_minor) from refund r where r.order_id = p.order_id"
        " and kind <> 'returned' and status <> 'rejected'), 0)::bigint from payment p where p.order_id = $1",
        life.order_id,
    )
    wish = {"amount": min(left, max(1, life.total_minor // 7)), "note": "登録簿の遅れ"}
    made = await town.asked(f"/v1/admin/orders/{life.order['id']}/goodwill", wish, by=house.maker)
    await town.asked(f"/v1/admin/refunds/{made['id']}/confirm", by=house.checker)


async def _disputed(life: Life) -> None:
    there = await life.town.till.do(OpenDispute(await life.charge()))
    life.dispute = str(there["id"])


async def _status(life: Life) -> str:
    return str(await life.town.pool.fetchval("select status from orders where id = $1", life.order_id))
