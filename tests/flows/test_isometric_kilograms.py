"""How do kilograms at Isometric become a certificate: imported, listed, bought, retired by its API, and never twice?"""

import io
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest

from app.core.db import Database
from integrations.registries.fake.child import FakeRegistryProcess
from integrations.registries.isometric.fake import scene
from integrations.registries.isometric.fake.messages import Fault, FaultName, Habits, Stage
from tests.flows.isometric import FIRST, PREFIX, book_of, isometric_world, issued_lot
from tests.flows.people import facts_of, listed
from tests.world import World

CLAIM = {
    "beneficiary_name": "株式会社アオバ食品",
    "purpose": "PUBLIC_CLAIMS",
    "purpose_detail": "2026年度の配送",
    "fiscal_year": None,
    "beneficiary_domain": "aoba.example",
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeRegistryProcess]:
    with FakeRegistryProcess(
        tmp_path / "isometric.jsonl", secret="broker", admin_secret="admin", page_size=5, module=scene.MODULE
    ) as running:
        yield running


@pytest.fixture
async def world(db: Database, worker_db: Database, tmp_path: Path, server: FakeRegistryProcess) -> AsyncIterator[World]:
    async with isometric_world(db, worker_db, tmp_path / "files", server, timeout_s=2) as made:
        yield made


async def bought(world: World, server: FakeRegistryProcess, kilograms: int, **claim: Any) -> tuple[Any, dict[str, Any]]:
    """A buyer and its order of a part of a provider's five tonnes, retired at once."""
    provider, buyer = await world.provider("株式会社みどり貯留"), await world.buyer("株式会社アオバ食品")
    lot_id = await issued_lot(world, server, provider, 5_000)
    (lot,) = await listed(provider, "/v1/lots")
    assert (lot["imported"], lot["unit"], lot["id"]) == (5_000, "kg", lot_id)
    wish = {"lot_id": lot_id, "price": {"amount": 31, "currency": "JPY"}, "min_quantity": 1}
    listing = await provider.post("/v1/listings", wish)
    assert listing.status_code == 201, listing.text
    shown = (await world.client().get(f"/v1/listings/{listing.json()['id']}")).json()
    assert (shown["price"]["amount"], shown["price_per"], shown["unit"], shown["available"]) == (31, 1, "kg", 5_000)
    order = await world.paid_order(buyer, (shown["id"], kilograms), retire=CLAIM | claim)
    assert (order["status"], order["goods"]["amount"]) == ("fulfilled", 31 * kilograms)
    return buyer, order


async def test_kilograms_are_bought_and_retired_into_a_certificate_of_kilograms(
    world: World, server: FakeRegistryProcess
) -> None:
    buyer, _ = await bought(world, server, 1_234, also_purposes=["INSETTING"])
    (retirement,) = await listed(buyer, "/v1/retirements")
    assert (retirement["status"], retirement["quantity"], retirement["unit"]) == ("recorded", 1_234, "kg")
    assert (retirement["evidence_grade"], retirement["beneficiary_domain"]) == ("registry_answer", "aoba.example")
    (entry,) = book_of(server).retirements
    assert entry["credit_batch_size_total"] == {"credits": 1.234, "credit_kgs": 1_234}
    assert entry["beneficiary"] | {"id": ""} == {"id": "", "name": "株式会社アオバ食品", "domain": "aoba.example"}
    assert entry["purposes"] == ["public_environmental_claims", "insetting"]
    assert entry["notes"].split()[0] == retirement["reference"]
    assert retirement["registry_transaction"] == entry["id"]

    (certificate,) = await listed(buyer, "/v1/certificates")
    number = certificate["number"]
    assert (certificate["quantity"], certificate["unit"]) == (1_234, "kg")
    facts = (await world.client().get(f"/c/{number}.json")).json()
    assert (facts["quantity"], facts["unit"]) == (1_234, "kg")
    (line,) = facts["lines"]
    assert [(each["first"], each["last"], each["count"]) for each in line["serials"]] == [
        (f"{PREFIX}{FIRST}", f"{PREFIX}{FIRST + 1_233}", 1_234)
    ]
    page = (await world.client().get(f"/c/{number}", params={"lang": "en"})).text
    paper = (await world.client().get(f"/c/{number}.pdf")).content
    words = "".join("".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(paper)).pages).split())
    for text in (page, words):
        assert "1,234" in text
        assert "kg-CO" in text
    assert "1,234t-CO" not in words
    assert (await facts_of(world, number))["unit"] == "kg"


@pytest.mark.parametrize(
    ("fault", "delay_ms"),
    [
        (FaultName.SLOW, 4_000),
        (FaultName.ACTS_THEN_DROPS, 0),
        (FaultName.ACTS_THEN_HTML, 0),
        (FaultName.CUT_JSON, 0),
    ],
)
async def test_an_answer_that_got_lost_is_found_by_our_reference_and_never_sent_again(
    world: World, server: FakeRegistryProcess, fault: FaultName, delay_ms: int
) -> None:
    server.admin.ask(scene.state_fault(Fault(fault, Stage.RETIRE, delay_ms=delay_ms)))
    buyer, _ = await bought(world, server, 999)
    (waiting,) = await listed(buyer, "/v1/retirements")
    assert waiting["status"] in {"unknown", "recorded"}
    world.ahead += timedelta(minutes=10)
    await world.run_jobs()
    (found,) = await listed(buyer, "/v1/retirements")
    assert (found["status"], found["quantity"]) == ("recorded", 999), found
    book = book_of(server)
    assert [entry["credit_batch_size_total"]["credit_kgs"] for entry in book.retirements] == [999]
    assert sum(count for what, count in book.posts.items() if "beneficiar" not in what) == 1, book.posts
    detail = (await buyer.get(f"/v1/retirements/{found['id']}")).json()
    assert [(each["n"], each["status"]) for each in detail["attempts"]] == [(1, "recorded")]
    assert len(await listed(buyer, "/v1/certificates")) == 1


async def test_the_half_that_the_registry_took_is_what_the_certificate_names(
    world: World, server: FakeRegistryProcess
) -> None:
    server.admin.ask(scene.take_habits(Habits(splits_from_end=True)))
    buyer, _ = await bought(world, server, 500)
    (retirement,) = await listed(buyer, "/v1/retirements")
    assert retirement["status"] == "recorded", retirement
    (certificate,) = await listed(buyer, "/v1/certificates")
    facts = (await world.client().get(f"/c/{certificate['number']}.json")).json()
    assert [each["first"] for each in facts["lines"][0]["serials"]] == [f"{PREFIX}{FIRST + 4_500}"]


async def test_what_is_no_domain_is_refused_before_anything_is_bought(
    world: World, server: FakeRegistryProcess
) -> None:
    provider, buyer = await world.provider(), await world.buyer()
    lot_id = await issued_lot(world, server, provider, 5_000)
    wish = {"lot_id": lot_id, "price": {"amount": 31, "currency": "JPY"}, "min_quantity": 1}
    listing = (await provider.post("/v1/listings", wish)).json()
    for domain in ("https://aoba.example", "Aoba.example", "aoba", "aoba..example", "アオバ.example", "a b.example"):
        order = {"lines": [{"listing_id": listing["id"], "quantity": 1}]}
        refused = await buyer.post("/v1/orders", order | {"retire": CLAIM | {"beneficiary_domain": domain}})
        assert refused.status_code == 422, refused.text
        assert [each["pointer"] for each in refused.json()["errors"]] == ["/retire/beneficiary_domain"]
