"""What does a buyer see of the credits it owns, and in whose writing?"""

from app.core.ids import new_id, public_id
from app.inventory import operations, queries
from tests.inventory_feature.doors import Doors
from tests.inventory_feature.scene import World


async def test_a_buyer_sees_its_holdings_with_serials_as_the_registry_writes_them(doors: Doors, world: World) -> None:
    lot_id = await world.lot(100, certification_no="認証-9")
    first, second = await world.bought(lot_id, 30), await world.bought(lot_id, 5)
    retirement = new_id()
    async with world.db.transaction(world.trade()) as session:
        await operations.start_retiring(
            session,
            owner_id=world.buyer,
            provider_id=world.provider,
            holding_id=first.id,
            retirement_id=retirement,
            quantity=12,
        )
        serials = await queries.serials_written(session, world.buyer, retirement)
    assert serials == [("ABC-", "000001", "000012", 12, 12, "認証-9", None)]
    listed = (await doors.get("buyer", "/v1/holdings")).json()["data"]
    assert [(each["id"], each["held"], each["retiring"], each["certification_no"]) for each in listed] == [
        (public_id("hld", second.id), 5, 0, "認証-9"),
        (public_id("hld", first.id), 18, 12, "認証-9"),
    ]
    detail = (await doors.get("buyer", f"/v1/holdings/{public_id('hld', first.id)}")).json()
    blocks = [(block["first"], block["last"], block["quantity"], block["status"]) for block in detail["serials"]]
    assert blocks == [("000013", "000030", 18, "held"), ("000001", "000012", 12, "retiring")]


async def test_neighbouring_ranges_are_one_block_when_written(world: World) -> None:
    holding = await world.bought(await world.lot(100), 50)
    parties = {"owner_id": world.buyer, "provider_id": world.provider}
    first, second = new_id(), new_id()
    async with world.db.transaction(world.trade()) as session:
        await operations.start_retiring(session, **parties, holding_id=holding.id, retirement_id=first, quantity=20)
        await operations.return_to_holding(session, **parties, retirement_id=first)
        await operations.start_retiring(session, **parties, holding_id=holding.id, retirement_id=second, quantity=30)
        await operations.finish_retiring(session, **parties, retirement_id=second)
        serials = await queries.serials_written(session, world.buyer, second)
    assert serials == [("ABC-", "000001", "000030", 30, 30, "認証-1", None)]


async def test_serials_of_thirty_digits_keep_every_digit(world: World) -> None:
    lot_id = await world.lot(10, lo=7, series="jcredit:123456789012:abc-")
    await world.owner.execute("update lot set serial_first = $1", "123456789012000000000000000007")
    holding = await world.bought(lot_id, 3)
    retirement = new_id()
    async with world.db.transaction(world.trade()) as session:
        await operations.start_retiring(
            session,
            owner_id=world.buyer,
            provider_id=world.provider,
            holding_id=holding.id,
            retirement_id=retirement,
            quantity=3,
        )
        serials = await queries.serials_written(session, world.buyer, retirement)
    assert [(each.first, each.last) for each in serials] == [
        ("123456789012000000000000000007", "123456789012000000000000000009")
    ]


async def test_another_buyers_holdings_are_not_found(doors: Doors, world: World) -> None:
    holding = await world.bought(await world.lot(100), 30)
    path = f"/v1/holdings/{public_id('hld', holding.id)}"
    for caller in ("other_buyer", "provider", "operator"):
        assert (await doors.get(caller, path)).status_code == 404
        assert (await doors.get(caller, "/v1/holdings")).json()["data"] == []
    assert (await doors.get("buyer", "/v1/holdings/hld_1")).status_code == 404
