"""Is a tonne that stands in two registries, both of them on this desk, sold from neither until somebody has looked?"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.core.ids import new_id
from app.reconciliation.http import routes
from tests.inventory_feature.doors import Doors, opened
from tests.inventory_feature.scene import World
from tests.reconciliation.books import Books, Row

PAIR = {
    "project": {"registry": "jcredit", "project_number": "1"},
    "twin": {"registry": "isometric", "project_number": "prj_1"},
    "source": "The registries' own project pages",
    "as_of": "2026-04-01",
}


@pytest.fixture
async def doors(world: World, tmp_path: Path) -> AsyncIterator[Doors]:
    async with opened(world, tmp_path, routes) as found:
        yield found


async def test_lots_of_twin_projects_are_a_difference_and_stop(books: Books, doors: Doors) -> None:
    world = books.world
    lot = await world.lot(100)
    twin_project = new_id()
    await world.made_project("prj_1", twin_project, registry_code="isometric", list_kind="")
    twin = await world.lot(50, provider=world.other_provider, lo=9_001, series="isometric::x-")
    await books.statement([Row("active", 1, 100)])
    assert await books.differences() == []

    entered = await doors.post("operator", "/v1/admin/project-twins", json=PAIR)
    assert entered.status_code == 201, entered.text
    again = await doors.post("operator", "/v1/admin/project-twins", json=PAIR)
    assert again.status_code == 201
    listed = (await doors.get("operator", "/v1/admin/project-twins")).json()["data"]
    assert [(each["registry"], each["twin_registry"]) for each in listed] == [
        ("isometric", "jcredit"), ("jcredit", "isometric"),
    ]  # fmt: skip
    await books.statement([Row("active", 1, 100), Row("active", 200, 209)], reach="registry")
    assert await books.differences() == [], "The twin project has no lot here yet."

    await world.owner.execute("update lot set project_id = $2 where id = $1", twin, twin_project)
    asked = {
        "registry_account_id": (await doors.get("provider", "/v1/statements")).json()["data"][0]["registry_account_id"]
    }
    compared = await doors.post("provider", "/v1/reconciliations", json=asked)
    assert compared.json()["found"] == {"listed_twice": {"differences": 1, "units": 100}}
    assert await world.status(lot) == "frozen"
    told = (await doors.get("provider", "/v1/discrepancies")).json()["data"][0]
    assert (told["cause"], told["theirs"]["purpose"]) == ("twin_project", "Also listed as isometric prj_1")
    assert str(world.other_provider) not in str(told)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"twin": {"registry": "jcredit", "project_number": "2"}}, "/twin/registry"),
        ({"twin": {"registry": "nowhere", "project_number": "2"}}, "/twin/registry"),
    ],
)
async def test_what_cannot_be_twins_is_refused(doors: Doors, change: dict[str, object], pointer: str) -> None:
    refused = await doors.post("operator", "/v1/admin/project-twins", json=PAIR | change)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert (await doors.post("provider", "/v1/admin/project-twins", json=PAIR)).status_code == 403
