"""What is particular to Isometric: batches that split, and the oldest first."""

from datetime import date

import msgspec
import pytest

from app.retirements.rules import PURPOSES
from app.retirements.rules.registry_rules.others import ISOMETRIC
from integrations.registries.base import (
    Absent,
    Found,
    LookupFailed,
    NotSent,
    Recorded,
    Rejected,
    SerialBlock,
    differences,
)
from integrations.registries.isometric import asked
from integrations.registries.isometric.answers import INVALID_REQUEST
from integrations.registries.isometric.fake import scene
from integrations.registries.isometric.fake.messages import FaultName, Habits, Stage
from integrations.registries.isometric.fake.office import OWN_ID
from integrations.registries.lines import ReadingFailed
from tests.contracts.registries.isometric_acts import book, retire
from tests.contracts.registries.stages import HASTY, IsometricStage, batch


def batches(stage: IsometricStage, *statuses: str) -> list[str]:
    mine = [one for one in book(stage).batches if one["serial_number"].startswith(stage.prefix)]
    return sorted(one["serial_number"].removeprefix(stage.prefix) for one in mine if one["status"] in statuses)


async def test_a_part_of_a_batch_is_recorded_with_its_childs_serials(stage: IsometricStage) -> None:
    request, answer = await retire(stage, 1, 30)
    assert answer.blocks == request.blocks
    assert "1-30" in batches(stage, "retired")
    assert "31-100" in batches(stage, "active")
    assert batches(stage, "split") == ["1-100"]


async def test_the_other_half_may_go_and_is_what_is_recorded(stage: IsometricStage) -> None:
    stage.server.admin.ask(scene.take_habits(Habits(splits_from_end=True)))
    request, answer = await retire(stage, 1, 30)
    assert answer.blocks == (SerialBlock(stage.prefix, "71", "100", 30),)
    assert [line.split(":")[0] for line in differences(request, answer)] == ["serials"]
    found = await stage.registry.find(request.reference, request_id="r")
    assert found.recorded.blocks == answer.blocks
    assert await stage.registry.find_by_serial(request.blocks[0], request_id="r") == Absent(complete=True)


async def test_serials_of_several_batches_are_asked_for_by_their_batches(stage: IsometricStage) -> None:
    request, answer = await retire(stage, 101, 300)
    assert differences(request, answer) == []
    assert batches(stage, "retired") == ["101-200", "201-300"]
    assert batches(stage, "split") == [], "A whole batch is not split."


async def test_without_serials_the_oldest_credits_of_the_supplier_go(stage: IsometricStage) -> None:
    """Batches of a supplier of this test's own, so that no other test's are older."""
    supplier = f"spl_{stage.name:>016}".replace(" ", "0")
    for first, year in ((5001, 2023), (6001, 2024)):
        stage.server.admin.ask(scene.issue(batch(stage.prefix, first, 700, year=year, supplier=supplier)))
    registry = stage.registry
    registry._asker = asked.Asker(organisation_id=OWN_ID, supplier_id=supplier)
    request, answer = await retire(stage, 1, 1, blocks=(), quantity=1001)
    assert isinstance(answer, Recorded), answer
    assert [(block.first, block.last, block.quantity) for block in answer.blocks] == [
        ("5001", "5700", 700),
        ("6001", "6301", 301),
    ]
    assert answer.quantity == 1001, "A tonne and a kilogram."
    assert isinstance(await registry.find(request.reference, request_id="r"), Found)
    _, too_much = await retire(stage, 1, 1, blocks=(), quantity=5000, reference=f"more-{stage.name}")
    assert isinstance(too_much, Rejected)
    assert (too_much.code, "more than you own" in too_much.message) == (INVALID_REQUEST, True)
    _, of_its_year = await retire(stage, 1, 1, blocks=(), quantity=9, vintage=2024, reference=f"year-{stage.name}")
    assert [block.first for block in of_its_year.blocks] == ["6302"]
    _, of_no_year = await retire(stage, 1, 1, blocks=(), quantity=9, vintage=2023, reference=f"none-{stage.name}")
    assert isinstance(of_no_year, Rejected), "All of that year are gone, and no others are taken for them."
    registry._asker = asked.Asker(organisation_id=OWN_ID, supplier_id="")
    _, nobodys = await retire(stage, 1, 1, blocks=(), quantity=1)
    assert isinstance(nobodys, NotSent)


async def test_batches_of_two_suppliers_are_not_asked_for_together(stage: IsometricStage) -> None:
    stage.server.admin.ask(scene.issue(batch(stage.prefix, 1001, 100, supplier="spl_0000000000000002")))
    _, answer = await retire(stage, 990, 1010)
    assert answer == NotSent("the serials are of several suppliers, and a retirement is of one")


async def test_serials_that_no_batch_shows_are_not_asked_for(stage: IsometricStage) -> None:
    _, answer = await retire(stage, 1001, 1010)
    assert isinstance(answer, NotSent)
    assert stage.made() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"beneficiary_name": "あ" * 257}, "text_too_long"),
        ({"purpose_detail": "あ" * 256}, "text_too_long"),
        ({"quantity": 11}, "quantity_mismatch"),
        ({"quantity": 0, "blocks": ()}, "quantity_mismatch"),
    ],
)
async def test_what_the_document_does_not_allow_never_leaves(stage: IsometricStage, changes, code) -> None:
    posts = sum(book(stage).posts.values())
    _, answer = await retire(stage, 1, 10, **changes)
    assert isinstance(answer, Rejected)
    assert answer.code == code
    assert sum(book(stage).posts.values()) == posts


async def test_serials_named_twice_or_in_tonnes_never_leave(stage: IsometricStage) -> None:
    block = stage.request(1, 5, "r").blocks[0]
    _, twice = await retire(stage, 1, 5, blocks=(block, block), quantity=10)
    assert twice.code == "quantity_mismatch"
    _, tonnes = await retire(stage, 1, 5, unit="t")
    assert isinstance(tonnes, NotSent)


async def test_the_public_notes_begin_with_our_reference_and_say_the_detail_once(stage: IsometricStage) -> None:
    request, answer = await retire(stage, 1, 10)
    record = msgspec.json.decode(answer.evidence)["retirement"]
    assert record["notes"] == f"{request.reference} 2026年度の配送"
    assert record["purposes"] == ["public_environmental_claims"]
    longest = "い" * (256 - len(request.reference) - 1)
    _, fits = await retire(stage, 101, 110, purpose_detail=longest)
    assert isinstance(fits, Recorded)


def test_every_purpose_of_ours_has_one_of_theirs() -> None:
    ours = {text for purpose in PURPOSES for text in (purpose.code, purpose.ja)}
    ours |= {rule.code for rule in ISOMETRIC.purposes.value} - {"OTHER"}
    assert ours == {text for row in asked.PURPOSES.values() for text in row}
    assert asked.purpose_of("a purpose of next year") == "other"


async def test_a_batch_retired_for_somebody_else_is_found_through_its_split_parent(stage: IsometricStage) -> None:
    """Whether the owner's list keeps it, the document leaves open."""
    request, answer = await retire(stage, 1, 10)
    _, whole = await retire(stage, 101, 200, reference=f"whole-{stage.name}")
    stage.server.admin.ask(scene.take_habits(Habits(lists_retired_for_others=False)))
    found = await stage.registry.find_by_serial(request.blocks[0], request_id="r")
    assert isinstance(found, Found)
    assert found.recorded.transaction_no == answer.transaction_no
    assert await stage.registry.find_by_serial(whole.blocks[0], request_id="r") == Absent(complete=False)
    stage.fault(FaultName.DOWN, Stage.BATCH)
    assert isinstance(await stage.registry.find_by_serial(request.blocks[0], request_id="r"), LookupFailed)


async def test_serials_of_two_retirements_are_no_answer(stage: IsometricStage) -> None:
    await retire(stage, 1, 100)
    await retire(stage, 101, 200, reference=f"other-{stage.name}")
    both = SerialBlock(stage.prefix, "100", "101", 2)
    assert isinstance(await stage.registry.find_by_serial(both, request_id="r"), LookupFailed)


async def test_since_a_day_of_utc_narrows_the_statement(stage: IsometricStage) -> None:
    _, answer = await retire(stage, 1, 10)
    days = (answer.recorded_on, date(2100, 1, 1))
    pages = [await stage.registry.statement(OWN_ID, since=day, cursor=None, request_id="r") for day in days]
    assert answer.transaction_no in {line.transaction_no for line in pages[0].lines}
    assert pages[1].lines == ()
    stage.fault(FaultName.DOWN, Stage.RETIREMENT_BATCHES)
    failed = await stage.registry.statement(OWN_ID, since=None, cursor=None, request_id="r")
    assert isinstance(failed, ReadingFailed)


async def test_its_own_purposes_are_told_and_every_further_one_once(stage: IsometricStage) -> None:
    codes = ("INSETTING", "CDP", "OFFSET", "REGULATORY")
    _, answer = await retire(stage, 1, 10, purpose="insetting", purpose_codes=codes)
    (entry,) = [one for one in book(stage).retirements if one["id"] == answer.transaction_no]
    assert entry["purposes"] == ["insetting", "public_environmental_claims", "regulatory_requirement"]
    assert [asked.purpose_of(rule.code) for rule in ISOMETRIC.purposes.value] == [
        rule.word for rule in ISOMETRIC.purposes.value
    ]
    assert {asked.purpose_of(theirs) for theirs in asked.PURPOSES} == set(asked.PURPOSES)


@pytest.mark.parametrize("secret", ["wrong", "broker"])
async def test_both_credentials_must_be_right(stage: IsometricStage, secret: str) -> None:
    own = stage.elsewhere(stage.server.base_url, HASTY)
    headers = own._api._client.headers
    headers["x-client-secret" if secret == "wrong" else "authorization"] = "wrong"
    answer = await own.retire(stage.request(1, 10, "r"), request_id="r")
    assert answer == NotSent("the batches could not be read: status 401")
    await own.aclose()
