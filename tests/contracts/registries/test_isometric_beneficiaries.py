"""In whose name is retired at Isometric: is a beneficiary found first, and made once, whatever gets lost?"""

import asyncio

import pytest

from integrations.registries.base import NotSent, Recorded
from integrations.registries.isometric.asked import domain_of, new_beneficiary
from integrations.registries.isometric.beneficiaries import Asked, Beneficiaries
from integrations.registries.isometric.fake import scene
from integrations.registries.isometric.fake.messages import FaultName, Stage
from tests.contracts.registries.stages import DOMAIN, IsometricStage, changed


def known(stage: IsometricStage, name: str) -> int:
    return sum(one["name"] == name for one in stage.server.admin.ask(scene.show_book()).beneficiaries)


async def retire_for(stage: IsometricStage, name: str, first: int):
    request = changed(stage.request(first, first, f"r{first}"), beneficiary_name=name)
    return await stage.registry.retire(request, request_id="req")


async def test_a_beneficiary_is_made_once_and_found_ever_after(stage: IsometricStage) -> None:
    name = f"甲社 {stage.name}"
    for first in (1, 101, 201):
        answer = await retire_for(stage, name, first)
        assert isinstance(answer, Recorded)
        assert answer.beneficiary_name == name
    assert known(stage, name) == 1


async def test_ten_at_once_make_one(stage: IsometricStage) -> None:
    name = f"乙社 {stage.name}"
    answers = await asyncio.gather(*(retire_for(stage, name, first) for first in range(1, 1000, 100)))
    assert all(isinstance(answer, Recorded) for answer in answers)
    assert known(stage, name) == 1


@pytest.mark.parametrize(
    "name", [FaultName.ACTS_THEN_DROPS, FaultName.ACTS_THEN_HTML, FaultName.ACTS_THEN_FAILS, FaultName.CUT_JSON]
)
async def test_a_lost_answer_leaves_the_retirement_unsent_and_no_second_one(stage: IsometricStage, name) -> None:
    beneficiary = f"{name} {stage.name}"
    stage.fault(name, Stage.BENEFICIARY)
    assert isinstance(await retire_for(stage, beneficiary, 1), NotSent)
    assert known(stage, beneficiary) == 1
    assert isinstance(await retire_for(stage, beneficiary, 1), Recorded)
    assert known(stage, beneficiary) == 1


@pytest.mark.parametrize("name", [FaultName.DOWN, FaultName.TOO_MANY, FaultName.REFUSES, FaultName.HTML])
async def test_one_that_cannot_be_made_leaves_the_retirement_unsent(stage: IsometricStage, name) -> None:
    beneficiary = f"{name} {stage.name}"
    stage.fault(name, Stage.BENEFICIARY)
    assert isinstance(await retire_for(stage, beneficiary, 1), NotSent)
    assert (known(stage, beneficiary), stage.made()) == (0, [])


@pytest.mark.parametrize("name", [FaultName.DOWN, FaultName.CUT_JSON, FaultName.MISCOUNTS, FaultName.CIRCLES])
async def test_a_list_that_may_hide_it_makes_none(stage: IsometricStage, name) -> None:
    """Not seen is not absent: the page that fails might have named it."""
    beneficiary = f"{name} list {stage.name}"
    stage.fault(name, Stage.BENEFICIARIES, times=1000 if name is FaultName.CIRCLES else 1)
    assert isinstance(await retire_for(stage, beneficiary, 1), NotSent)
    assert known(stage, beneficiary) == 0


async def test_where_the_list_lags_the_domain_keeps_a_second_from_being_made(stage: IsometricStage) -> None:
    """Two programs at once: this one has read the list before the other made the beneficiary."""
    name = f"丙社 {stage.name}"
    api = stage.registry._api
    made = await api.make_beneficiary(new_beneficiary(name, domain_of(name, under=DOMAIN)), "req")
    assert made.name == name
    asked = Asked(name, domain_of(name, under=DOMAIN), own=False)
    again = await Beneficiaries(api, domain=DOMAIN)._made(asked, "req")
    assert isinstance(again, NotSent)
    assert known(stage, name) == 1


async def test_one_that_was_made_by_hand_is_found_by_its_name_alone(stage: IsometricStage) -> None:
    name = f"Société {stage.name}"
    await stage.registry._api.make_beneficiary(new_beneficiary(name, f"{stage.name}.example"), "req")
    decomposed = name.replace("é", "e\u0301")
    answer = await retire_for(stage, decomposed, 1)
    assert isinstance(answer, Recorded)
    assert answer.beneficiary_name == name
    assert known(stage, decomposed) == 0


async def test_two_of_one_name_are_for_a_person_unless_one_is_ours(stage: IsometricStage) -> None:
    name = f"丁社 {stage.name}"
    api = stage.registry._api
    for domain in ("a", "b"):
        await api.make_beneficiary(new_beneficiary(name, f"{domain}-{stage.name}.example"), "req")
    assert isinstance(await retire_for(stage, name, 1), NotSent)
    await api.make_beneficiary(new_beneficiary(name, domain_of(name, under=DOMAIN)), "req")
    assert isinstance(await retire_for(stage, name, 1), Recorded)


async def test_without_a_domain_of_ours_only_the_known_are_retired_for(stage: IsometricStage) -> None:
    name = f"戊社 {stage.name}"
    without = Beneficiaries(stage.registry._api, domain="")
    assert isinstance(await without.id_of(name, domain=None, request_id="r"), NotSent)
    assert known(stage, name) == 0
    made = await stage.registry._api.make_beneficiary(new_beneficiary(name, f"{stage.name}.example"), "req")
    assert await without.id_of(name, domain=None, request_id="r") == made.id


async def test_one_of_a_domain_of_its_own_is_told_by_it_from_others_of_its_name(stage: IsometricStage) -> None:
    name, own = f"己社 {stage.name}", f"own-{stage.name.lower()}.example"
    api = stage.registry._api
    other = await api.make_beneficiary(new_beneficiary(name, f"other-{stage.name}.example"), "req")
    without = Beneficiaries(api, domain="")
    made = await without.id_of(name, domain=own, request_id="r")
    assert made not in {other.id, NotSent}
    assert await without.id_of(name, domain=own, request_id="r") == made
    assert known(stage, name) == 2, "Of one name, and not the same."
    strange = await without.id_of(f"庚社 {stage.name}", domain=own, request_id="r")
    assert strange == NotSent(f"no beneficiary could be named: {own} is {name!r} at the registry")
    request = changed(stage.request(1, 1, "own"), beneficiary_name=name, beneficiary_domain=own)
    assert isinstance(await stage.registry.retire(request, request_id="r"), Recorded)
    (entry,) = [
        one for one in stage.server.admin.ask(scene.show_book()).retirements if one["beneficiary"]["id"] == made
    ]
    assert entry["beneficiary"]["domain"] == own


def test_a_name_has_one_domain_and_another_name_another() -> None:
    assert domain_of("甲社", under=DOMAIN) == domain_of("甲社", under=DOMAIN)
    assert domain_of("甲社", under=DOMAIN) != domain_of("乙社", under=DOMAIN)
    assert domain_of("甲社", under=DOMAIN).endswith(f".{DOMAIN}")
    assert len(domain_of("甲" * 256, under=DOMAIN)) <= 256
