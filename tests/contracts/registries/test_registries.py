"""Does the adapter tell the truth about the registry, over real HTTP, when nothing goes wrong on the way?"""

import socket
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from integrations.registries.base import (
    Absent,
    AutomaticRegistry,
    Found,
    LookupFailed,
    NotSent,
    Recorded,
    Registries,
    Registry,
    Rejected,
    Unknown,
    UnknownRegistry,
    differences,
    serials_return,
)
from integrations.registries.fake.admin import (
    AsyncAdmin,
    check_health,
    close_account,
    show_book,
)
from integrations.registries.fake.messages import Code, FaultName
from integrations.registries.people import PeopleRegistry
from integrations.registries.simulated import SimulatedRegistry
from tests.contracts.registries.registry_scene import PATIENT, Scene


async def test_a_retirement_is_recorded_as_asked_with_our_reference_in_the_public_note(scene: Scene) -> None:
    request = scene.request()
    answer = await scene.retire(request)
    assert isinstance(answer, Recorded)
    assert differences(request, answer) == []
    assert answer.evidence is not None
    assert msgspec.json.decode(answer.evidence)["retirement"]["note"] == f"{request.reference} thanks"
    assert answer.recorded_on == (datetime.now(UTC) + timedelta(hours=9)).date()
    assert scene.recorded() == [request.reference]


async def test_a_recorded_retirement_is_found_by_reference_and_by_any_of_its_serials(scene: Scene) -> None:
    answer = await scene.retire(scene.request())
    for found in (await scene.find(), await scene.find_serials(10, 12)):
        assert isinstance(found, Found)
        assert (found.reference, found.recorded.transaction_no) == (f"ret-{scene.name}", answer.transaction_no)
        assert differences(scene.request(), found.recorded) == []
        assert msgspec.json.decode(found.recorded.evidence)["note"] == f"ret-{scene.name} thanks"
    assert await scene.find_serials(11, 12) == Absent(complete=True)


async def test_the_same_reference_twice_retires_twice_and_no_look_up_hides_it(scene: Scene) -> None:
    assert isinstance(await scene.retire(scene.request(1, 5)), Recorded)
    assert isinstance(await scene.retire(scene.request(6, 9)), Recorded)
    assert isinstance(await scene.find(), LookupFailed)
    assert isinstance(await scene.find_serials(5, 6), LookupFailed)
    assert isinstance(await scene.find_serials(6, 6), Found)
    assert not scene.registry.capabilities.repeatable


async def test_serials_that_are_retired_are_refused_and_do_not_return_to_us(scene: Scene) -> None:
    await scene.retire(scene.request())
    again = await scene.retire(scene.request(10, 11))
    assert isinstance(again, Rejected)
    assert again.code == "already_retired"
    assert not serials_return(again)
    assert len(scene.recorded()) == 1


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        (Code.QUANTITY_MISMATCH, {"quantity": 11}),
        (Code.QUANTITY_MISMATCH, {"blocks": (), "quantity": 0}),
        (Code.TEXT_TOO_LONG, {"beneficiary_name": "あ" * 256}),
        (Code.UNKNOWN_SERIALS, {"certification_no": "cert-of-another"}),
    ],
)
async def test_a_documented_refusal_retires_nothing_and_returns_the_serials(scene: Scene, code, changed) -> None:
    answer = await scene.retire(scene.request(**changed))
    assert isinstance(answer, Rejected)
    assert answer.code == code
    assert serials_return(answer)
    assert scene.recorded() == []


async def test_a_block_named_twice_and_serials_beyond_the_issued_are_refused(scene: Scene) -> None:
    block = scene.request(1, 5).blocks[0]
    twice = await scene.retire(scene.request(blocks=(block, block), quantity=10))
    beyond = await scene.retire(scene.request(995, 1001))
    assert [twice.code, beyond.code] == ["quantity_mismatch", "unknown_serials"]


async def test_a_closed_account_is_refused_except_for_what_it_retired_before(scene: Scene) -> None:
    await scene.retire(scene.request(1, 5))
    scene.server.admin.ask(close_account(f"account-{scene.name}"))
    assert (await scene.retire(scene.request(6, 9))).code == "account_closed"
    assert (await scene.retire(scene.request(1, 5))).code == "already_retired"


async def test_an_empty_page_is_not_the_end_of_a_look_up(scene: Scene) -> None:
    for serial in range(1, 8):
        await scene.retire(scene.request(serial, serial, reference=f"other-{serial}"))
    await scene.retire(scene.request(8, 8))
    assert isinstance(await scene.find(), Found)
    assert await scene.find("ret-nobody") == Absent(complete=True)


async def test_a_registry_that_refuses_the_connection_was_sent_nothing(scene: Scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    nobody = SimulatedRegistry(f"http://127.0.0.1:{free}", secret="broker", timeouts=PATIENT, settles_within_s=1)
    assert await nobody.retire(scene.request(), request_id="r") == NotSent("ConnectError")
    assert await nobody.find("x", request_id="r") == LookupFailed("ConnectError")
    await nobody.aclose()


async def test_a_wrong_secret_is_no_refusal_of_the_retirement(scene: Scene) -> None:
    stranger = SimulatedRegistry(scene.server.base_url, secret="wrong", timeouts=PATIENT, settles_within_s=1)
    answer = await stranger.retire(scene.request(), request_id="r")
    assert isinstance(answer, Unknown)
    assert answer.status == 401
    assert isinstance(await stranger.find("x", request_id="r"), LookupFailed)
    assert (scene.recorded(), scene.posts()) == ([], 0)
    await stranger.aclose()


async def test_a_killed_registry_comes_back_on_the_same_port_with_the_same_book(scene: Scene) -> None:
    await scene.retire(scene.request(1, 5))
    scene.fault(FaultName.PROCESSING, delay_ms=500)
    await scene.retire(scene.request(6, 9, reference="promised"))
    scene.server.kill()
    assert isinstance(await scene.retire(scene.request(10, 11)), NotSent)
    scene.server.restart()
    assert isinstance(await scene.find(), Found)
    assert (await scene.retire(scene.request(5, 6))).code == "already_retired"
    while isinstance(kept := await scene.find("promised"), Absent):
        assert scene.server.admin.ask(check_health())
    assert isinstance(kept, Found)
    assert sorted(scene.recorded()) == ["promised", f"ret-{scene.name}"]


async def test_the_book_is_the_same_to_both_admin_clients(scene: Scene) -> None:
    await scene.retire(scene.request())
    admin = AsyncAdmin(scene.server.base_url, secret="admin")
    assert await admin.ask(show_book()) == scene.server.admin.ask(show_book())
    await admin.aclose()


def test_a_registry_of_people_offers_nothing_to_a_program() -> None:
    people = PeopleRegistry("J-Credit", settles_within_s=86_400)
    simulated = SimulatedRegistry("http://127.0.0.1:1", secret="s", timeouts=PATIENT, settles_within_s=1)
    registries = Registries({"jcredit": people, "simulated": simulated})
    assert registries.codes == ("jcredit", "simulated")
    assert isinstance(registries.registry_for("jcredit"), Registry)
    assert not isinstance(registries.registry_for("jcredit"), AutomaticRegistry)
    assert isinstance(registries.registry_for("simulated"), AutomaticRegistry)
    assert people.capabilities.worked_by_people
    with pytest.raises(UnknownRegistry):
        registries.registry_for("verra")
