"""What happens when many want the same tonnes, or two the same serials, at one moment?"""

import asyncio

import pytest

from app.core.db import Database
from app.core.ids import new_id
from app.inventory import operations
from app.inventory.errors import NotEnoughHeld
from tests.inventory.files import good, written
from tests.inventory_feature.doors import Doors
from tests.inventory_feature.scene import NOW, World


async def test_forty_buyers_of_one_lot_never_get_more_than_there_is(world: World, wide_db: Database) -> None:
    lot_id = await world.lot(100)

    async def buy() -> bool:
        async with wide_db.transaction(world.trade()) as session:
            taken = await operations.reserve(session, provider_id=world.provider, lot_id=lot_id, quantity=3)
        if not taken:
            return False
        async with wide_db.transaction(world.trade()) as session:
            holding = await operations.carve(
                session,
                owner_id=world.buyer,
                provider_id=world.provider,
                lot_id=lot_id,
                order_id=new_id(),
                line_n=1,
                quantity=3,
                final_at=None,
                blocked_at=None,
                now=NOW,
            )
            await operations.exhaust_if_empty(session, provider_id=world.provider, lot_id=lot_id, now=NOW)
        return holding is not None

    bought = await asyncio.gather(*(buy() for _ in range(40)))
    assert bought.count(True) == 33
    stock = await world.stock(lot_id)
    assert (stock["free"], stock["reserved"], stock["sold"], stock["next_lo"]) == (1, 0, 99, 100)
    assert await world.owner.fetchval("select count(distinct lo) from serial_range") == 33
    assert (
        await world.owner.fetchval("select sum(deadlocks) from pg_stat_database where datname = current_database()")
        == 0
    )
    assert await world.uneven() == []


async def test_a_holding_is_never_retired_beyond_what_it_holds(world: World, wide_db: Database) -> None:
    holding = await world.bought(await world.lot(100), 20)

    async def retire() -> bool:
        try:
            async with wide_db.transaction(world.trade()) as session:
                await operations.start_retiring(
                    session,
                    owner_id=world.buyer,
                    provider_id=world.provider,
                    holding_id=holding.id,
                    retirement_id=new_id(),
                    quantity=3,
                )
        except NotEnoughHeld:
            return False
        return True

    assert (await asyncio.gather(*(retire() for _ in range(12)))).count(True) == 6
    assert await world.uneven() == []


async def test_a_retirement_ends_once_whoever_is_faster(world: World, wide_db: Database) -> None:
    holding = await world.bought(await world.lot(100), 20)
    parties = {"owner_id": world.buyer, "provider_id": world.provider}
    retirement = new_id()
    async with world.db.transaction(world.trade()) as session:
        await operations.start_retiring(session, **parties, holding_id=holding.id, retirement_id=retirement, quantity=7)

    async def end(n: int) -> None:
        verb = operations.finish_retiring if n % 2 else operations.return_to_holding
        async with wide_db.transaction(world.trade()) as session:
            await verb(session, **parties, retirement_id=retirement)

    await asyncio.gather(*(end(n) for n in range(10)))
    row = await world.owner.fetchrow("select held, retiring, retired from holding")
    assert tuple(row) in {(20, 0, 0), (13, 0, 7)}
    assert await world.uneven() == []


async def test_of_overlapping_lots_confirmed_at_one_moment_each_pair_has_one_winner(doors: Doors, world: World) -> None:
    pairs = []
    for n in range(4):
        pair = []
        for provider, name, lo in (
            (world.provider, "provider", 1),
            (world.other_provider, "other_provider", 50),
        ):
            lot_id = await world.lot(100, lo=lo + 1000 * n, provider=provider, status="declared")
            evidence = await doors.show_evidence(lot_id, caller=name)
            pair.append((lot_id, evidence.json()["id"]))
        pairs.append(pair)

    async def accept(evidence_id: str) -> int:
        answer = await doors.post("operator", f"/v1/admin/evidence/{evidence_id}/accept", json={"note": "ok"})
        assert answer.status_code == 200 or answer.json()["code"] == "lot_conflict", answer.text
        return answer.status_code

    answers = await asyncio.gather(*(accept(evidence_id) for pair in pairs for _, evidence_id in pair))
    assert sorted(answers) == [200] * 4 + [409] * 4
    for pair in pairs:
        assert sorted([await world.status(lot_id) for lot_id, _ in pair]) == ["confirmed", "disputed"]
    assert await world.uneven() == []


async def test_evidence_is_accepted_once_however_often_it_is_clicked(doors: Doors, world: World) -> None:
    lot_id = await world.lot(100, status="declared")
    evidence_id = (await doors.show_evidence(lot_id)).json()["id"]
    path = f"/v1/admin/evidence/{evidence_id}/accept"
    answers = await asyncio.gather(*(doors.post("operator", path, json={"note": "ok"}) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 4
    assert await world.events(lot_id) == ["lot.confirmed"]


@pytest.mark.parametrize("reverse", [False, True])
async def test_of_two_imports_committed_at_one_moment_one_is_written(doors: Doors, world: World, reverse: bool) -> None:
    rows = [
        good(project_number="1", serial_first=str(n).zfill(6), serial_last=str(n + 9).zfill(6), quantity="10")
        for n in range(1, 401, 10)
    ]
    ids = []
    for content in (rows, rows[::-1] if reverse else rows):
        answer = await doors.stage(written(content), account=world.accounts[world.provider])
        ids.append(answer.json()["import"]["id"])
    answers = await asyncio.gather(*(doors.commit(import_id, "all") for import_id in ids))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["code"] == "already_declared"
    assert len(refused.json()["lot_ids"]) == 20
    assert await world.owner.fetchval("select count(*) from lot") == 40
    assert (
        await world.owner.fetchval("select sum(deadlocks) from pg_stat_database where datname = current_database()")
        == 0
    )
    assert await world.uneven() == []
