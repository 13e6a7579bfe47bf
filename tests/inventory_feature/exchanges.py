"""How does a test have serials exchanged for those that a registry retired, and see what became of them?"""

from uuid import UUID

import pytest

from app.core.db import Database
from app.core.ids import new_id
from app.inventory import operations, queries
from app.inventory.errors import SerialsNotExchangeable
from app.inventory.queries import PickedSerials
from tests.inventory_feature.scene import NOW, World


def picked(*ranges: tuple[int, int]) -> list[PickedSerials]:
    """Half-open ranges as the registry writes them."""
    return [PickedSerials("ＡＢＣ-", str(lo).zfill(6), str(hi - 1).zfill(6)) for lo, hi in ranges]


async def retiring(world: World, holding, quantity: int) -> UUID:
    retirement = new_id()
    async with world.db.transaction(world.trade(holding.org_id)) as session:
        await operations.start_retiring(
            session,
            owner_id=holding.org_id,
            provider_id=world.provider,
            holding_id=holding.id,
            retirement_id=retirement,
            quantity=quantity,
        )
    return retirement


async def given_back(world: World, holding, quantity: int) -> set[int]:
    """The serials that came back."""
    async with world.db.transaction(world.trade(holding.org_id)) as session:
        serials = await operations.give_back(
            session,
            owner_id=holding.org_id,
            provider_id=world.provider,
            holding_id=holding.id,
            quantity=quantity,
            now=NOW,
        )
    return {serial for each in serials for serial in range(each.lo, each.hi)}


async def swap(world: World, retirement: UUID, *ranges: tuple[int, int], db: Database | None = None) -> bool:
    """As the flow does it: look up whom to name, name them, swap."""
    database = db or world.db
    asked = {"owner_id": world.buyer, "provider_id": world.provider, "retirement_id": retirement}
    async with database.transaction(world.trade()) as session:
        others = await queries.owners_of_picked(session, **asked, picked=picked(*ranges))
    async with database.transaction(world.trade().with_party(*others)) as session:
        return await operations.swap_serials(session, **asked, picked=picked(*ranges), now=NOW)


async def refused(world: World, retirement: UUID, *ranges: tuple[int, int]) -> str:
    before = await everything(world)
    with pytest.raises(SerialsNotExchangeable) as told:
        await swap(world, retirement, *ranges)
    assert await everything(world) == before
    return str(told.value.facts["reason"])


async def everything(world: World) -> list[object]:
    return [
        await world.owner.fetch("select * from serial_range order by lo"),
        await world.owner.fetch("select * from lot_stock order by lot_id"),
        await world.owner.fetch("select * from holding order by id"),
        await world.owner.fetchval("select count(*) from event"),
    ]


async def serials_of(world: World, column: str, value: UUID) -> list[tuple[int, int, str]]:
    rows = await world.owner.fetch(f"select lo, hi, status from serial_range where {column} = $1 order by lo", value)
    return [tuple(row) for row in rows]
