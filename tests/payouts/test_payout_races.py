"""What happens when two do the same thing to a provider's money at once? One of them."""

import asyncio
from datetime import timedelta

from app.payouts.flow import run_due
from tests.payouts.counting_house import House


async def test_two_drafts_at_once_pay_nothing_twice(house: House) -> None:
    provider = await house.provider()
    for _ in range(3):
        await house.sell(provider, 10)
    answers = await asyncio.gather(*(house.make(provider) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    in_payouts = await house.till.owner.fetch(
        "select earning_id, count(*) from payout_line where org_id = $1 group by earning_id", provider.org_id
    )
    assert [row["count"] for row in in_payouts] == [1, 1, 1]


async def test_two_runs_of_the_clock_at_once_make_one_draft(house: House) -> None:
    weekday = house.today().isoweekday()
    provider = await house.provider(closing_day=None, closing_weekday=weekday)
    await house.sell(provider, 10)
    world = house.till.world
    tomorrow = world.now() + timedelta(days=1)
    await asyncio.gather(
        *(run_due(world.worker_db, tax_basis_points=1_000, now=tomorrow, request_id="req_race") for _ in range(3))
    )
    assert len((await provider.get("/v1/payouts")).json()["data"]) == 1


async def test_approving_and_canceling_at_once_is_one_of_both(house: House) -> None:
    transit = await house.account("held:payouts")
    for _ in range(3):
        provider = await house.provider()
        await house.sell(provider, 10)
        draft = await house.made(provider)
        seen = {"If-Match": f'"v{draft["version"]}"'}
        answers = await asyncio.gather(
            house.move("payouts", f"/{draft['id']}/approve", by=house.checker, **seen),
            house.move("payouts", f"/{draft['id']}/cancel", json={"reason": "x"}, **seen),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        status = (await house.shown(draft))["status"]
        assert status in ("approved", "canceled")
        await house.assert_agrees(provider)
        transit += draft["statement"]["payout"]["amount"] if status == "approved" else 0
        assert await house.account("held:payouts") == transit


async def test_two_files_at_once_hold_each_payout_once(house: House) -> None:
    provider = await house.provider()
    await house.sell(provider, 10)
    payout = await house.approved(provider)
    day = {"transfer_on": house.bank_day().isoformat()}
    answers = await asyncio.gather(*(house.move("payout-files", "", json=day) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409], [answer.text for answer in answers]
    assert (await house.shown(payout))["status"] == "sending"


async def test_two_people_confirm_one_account_once(house: House) -> None:
    provider = await house.provider()
    account = await house.name_account(provider, account_number="99")
    at = f"/v1/admin/payout-accounts/{account['id']}"
    answers = await asyncio.gather(
        *(
            who.post(f"{at}/{verb}", json={"note": "確認"}, headers={"If-Match": "*"})
            for who, verb in ((house.maker, "confirm"), (house.checker, "refuse"))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
