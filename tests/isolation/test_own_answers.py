"""Is everybody told their own, and in none of their own answers anything of their neighbours'?"""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from app.core.ids import public_id
from tests.isolation.acts_storefronts import PAGES
from tests.isolation.document import NAMED, NUMBER, Operation, headers, operations
from tests.isolation.probe import CALLERS, ENDS_ITS_CALLER, NOBODY, Prober
from tests.isolation.rows import all_rows, ids_in, mentions
from tests.isolation.scene import PROVIDERS, Scene, Stage
from tests.isolation.story import told
from tests.isolation.words import BEGINS, DESK, PUBLIC

HIDDEN_ROUTES = {
    "/", "/verify", "/c/{name}", "/desk", "/static/{name}", "/static/{folder}/{name}",  # Pages.
    "/openapi.json", "/docs", "/docs/test-mode", "/docs/style.css", "/problems", "/problems/{code}",
}  # fmt: skip
"""Routes outside the document: the pages that anybody may open, all of which `test_public_pages…` opens."""
PUBLIC_MAX = 10
"""Of the catalogue's thousand projects some are enough; of what the story made there are fewer."""
PUBLIC_QUERIES_MAX = 4
APPLICANT = "applicant"
"""Who was turned away; it reads its own members once."""
COMPARED = "/v1/listings/compare"
"""It takes the ids of public listings, two and more; `tests/listings` asks it."""
READING = [each for each in operations() if each.method == "GET" and each.path != COMPARED]
SAME_FOR_ALL = {
    "/v1/earnings/balance",
    "/v1/imports/template",
    "/v1/statements/template",
    "/v1/test/clock",
    "/v1/notices/unread-count",
}
SPEAKING = [each for each in READING if not each.public and not each.operators and each.path not in SAME_FOR_ALL]
WITHOUT_IDS = [operation for operation in operations() if not operation.prefixes and operation.place is None]


@dataclass(frozen=True)
class Read:
    """One answer to somebody who asked for their own."""

    reader: str
    operation: Operation
    status: int
    text: str


@pytest.fixture(scope="module")
async def read(stage: Stage) -> list[Read]:
    """Everybody, the desk too, reads all that is theirs through every GET of the document."""
    found = []
    for reader in (*CALLERS, DESK):
        party = stage.parties.get(reader)
        client = party.client if party else stage.world.client()
        for operation in READING:
            if reader == DESK and _needs_an_account(operation):
                continue  # It names whose account it is; `tests/reconciliation` asks so.
            account = await _own_account(stage, reader) if _needs_an_account(operation) else ""
            for given in await _own_ids(stage, reader, operation):
                for query in _asked(operation, account):
                    answer = await client.get(operation.url(given), params=query, headers=headers())
                    found.append(Read(reader, operation, answer.status_code, told(answer)))
    return found


def _asked(operation: Operation, account: str = "") -> Iterable[dict[str, str]]:
    """Every query that the document allows; of what anybody may read, which knows no reader, the first few."""
    return itertools.islice(operation.queries(lambda _: account), PUBLIC_QUERIES_MAX if operation.public else None)


def _needs_an_account(operation: Operation) -> bool:
    return any(each["name"] == "registry_account_id" and each.get("required") for each in operation.parameters("query"))


async def _own_account(stage: Stage, reader: str) -> str:
    """The first account at a registry that is the reader's own; nothing where there is none."""
    found = [] if reader == NOBODY else stage.scene.book.by_prefix["acc"]
    mine = [id_ for id_, of, _ in found if stage.parties[reader].org_id in of]
    return public_id("acc", min(mine)) if mine else ""


async def _own_ids(stage: Stage, reader: str, operation: Operation) -> list[str]:
    if operation.place is None:
        return [""]
    if operation.place == NUMBER:
        return [row["number"] for row in await stage.owner.fetch("select number from public_certificate")]
    prefix = NAMED[operation.place]
    party = stage.parties.get(reader)
    if reader == DESK or operation.public:
        rows = [id_ for id_, _, public in stage.scene.book.by_prefix[prefix] if reader == DESK or public][:PUBLIC_MAX]
    else:
        assert party is not None or reader == NOBODY
        rows = [id_ for id_, of, _ in stage.scene.book.by_prefix[prefix] if party and party.org_id in of]
    return [public_id(prefix, id_) for id_ in rows]


def _strange_in(scene: Scene, reader: str, text: str) -> list[str]:
    """The words and ids in a text that this reader must not be told."""
    org_id = None if reader == NOBODY else scene.members[reader].org_id
    words = [word for word in scene.words.hidden_from(reader) if word in text] if BEGINS in text else []
    return words + [str(id_) for id_ in ids_in(text) & scene.book.hidden_from(org_id)]


@pytest.mark.parametrize("operation", READING, ids=lambda operation: operation.name)
async def test_own_reading_shows_nothing_of_anybody_else(operation: Operation, read: list[Read], scene: Scene) -> None:
    answers = [answer for answer in read if answer.operation == operation]
    assert any(answer.status == 200 for answer in answers), "Its owner can read it."
    for answer in answers:
        assert answer.status in {200, 401, 403, 404, 409}, answer
        if answer.reader != DESK:
            strange = _strange_in(scene, answer.reader, answer.text)
            assert not strange, f"{strange} told to {answer.reader}: {answer.text[:2000]}"


async def test_the_files_of_a_report_say_what_their_provider_has(read: list[Read]) -> None:
    words = {
        ".xlsx": ("holder", "accountno", "declaredcertification", "declaredprefix"),
        ".pdf": ("holder", "accountno"),
    }
    for suffix, said in words.items():
        for reader in PROVIDERS:
            [told_it] = [
                answer
                for answer in read
                if answer.operation.path == f"/v1/reports/holdings{suffix}" and answer.reader == reader
            ]
            mute = [word for word in said if f"{BEGINS}{reader}{word}{BEGINS}".replace("_", "") not in told_it.text]
            assert not mute, f"{suffix} for {reader}"


async def test_nothing_that_was_told_in_the_story_was_anybody_elses(scene: Scene) -> None:
    readers = {answer.reader for answer in scene.answers}
    assert readers == set(CALLERS) - {NOBODY} | {DESK, APPLICANT, "page_b", "person_b", "acted_b"}
    for answer in scene.answers:
        if answer.reader not in {DESK, APPLICANT}:
            strange = _strange_in(scene, answer.reader, answer.text)
            assert not strange, f"{strange} told in {answer}"


async def test_every_canary_sings_to_its_owner(read: list[Read], stage: Stage) -> None:
    scene, by_reader = stage.scene, defaultdict[str, list[str]](list)
    for answer in (*read, *scene.answers):
        by_reader[answer.reader].append(answer.text)
    whole = {reader: "\n".join(texts) for reader, texts in by_reader.items()}
    whole[DESK] += "\n".join(map(str, await all_rows(stage.owner, "event")))  # Whose reading has no route yet.
    silent = {word.text for word in scene.words.all.values() if word.text not in whole[word.owner] + whole[DESK]}
    assert not silent, "A canary that nobody is ever told proves nothing."
    deaf = [
        (word.text, reader)
        for word in scene.words.all.values()
        for reader in word.readers - {PUBLIC}
        if word.text not in whole[reader]
    ]
    assert not deaf, "Who may read a word because of a trade is told it."


async def test_every_operation_with_an_id_works_for_its_owner(read: list[Read], scene: Scene) -> None:
    done = [(answer.method, answer.path) for answer in scene.answers if answer.status < 300]
    read_by_owner = {answer.operation.name for answer in read if answer.status == 200}
    idle = [
        operation.name
        for operation in operations()
        if operation.name not in read_by_owner
        and not any(method == operation.method and _is_of(operation, path) for method, path in done)
    ]
    assert set(idle) <= {"POST /v1/organisations", f"GET {COMPARED}"}, (
        f"{sorted(idle)}: Tell it in the story: a 404 for others proves something only then."
    )


def _is_of(operation: Operation, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", operation.path), path) is not None


@pytest.mark.parametrize("operation", WITHOUT_IDS, ids=lambda operation: operation.name)
async def test_an_operation_without_ids_is_about_its_caller_alone(operation: Operation, stage: Stage) -> None:
    everybody = [of.org_id for label, of in stage.parties.items() if label not in (DESK, *PAGES)]
    callers = [caller for caller in CALLERS if (operation.name, caller) not in ENDS_ITS_CALLER]
    before = await mentions(stage.owner, everybody)
    if operation.method == "GET":
        for caller in callers:
            await _ask_all(operation, stage, caller)
        assert await mentions(stage.owner, everybody) == before, "Who reads changes nothing, not even of its own."
        return
    for caller in callers:
        behind = "provider_a" if caller == "page_a" else caller  # What a page makes is its storefront's.
        mine = (caller, behind, DESK, *PAGES)
        others = [str(of.org_id) for label, of in stage.parties.items() if label not in mine]
        await _ask_all(operation, stage, caller)
        after = await mentions(stage.owner, everybody)
        assert not [row for row in before ^ after if any(other in row for other in others)], caller
        before = after


async def _ask_all(operation: Operation, stage: Stage, caller: str) -> None:
    prober = Prober(stage, operation, caller)
    for query in _asked(operation):
        for body in operation.bodies(lambda _: ""):
            await prober.ask("", query, body)


async def test_routes_outside_the_document_are_the_public_pages(stage: Stage) -> None:
    litestar: Any = stage.world.app._app
    paths = {route.path_format for route in litestar.routes}
    assert paths - {operation.path for operation in operations()} == HIDDEN_ROUTES


async def test_public_pages_show_what_is_public_and_no_more(stage: Stage) -> None:
    nobody = stage.world.client()
    numbers = [row["number"] for row in await stage.owner.fetch("select number from public_certificate")]
    assert len(numbers) == 12, "Two for each of four deals; one at once, one by the desk, and two after a mistake."
    paths = ["/", "/verify", f"/verify?number={numbers[0]}", "/desk", "/docs", "/problems"]
    for path in (*paths, *(f"/c/{number}{suffix}" for number in numbers for suffix in ("", ".json", ".pdf"))):
        answer = await nobody.get(path)
        assert answer.status_code in {200, 302}, path
        text = told(answer)
        if path.endswith(".pdf"):
            assert "beneficiaryzq" in text, "Words are found in a PDF as they were written."
        assert not _strange_in(stage.scene, NOBODY, text), path


@pytest.mark.parametrize("operation", SPEAKING, ids=lambda operation: operation.name)
async def test_the_look_through_answers_notices_what_is_anothers(
    operation: Operation, stage: Stage, read: list[Read]
) -> None:
    told_to_others = [
        answer
        for answer in read
        if answer.operation == operation
        and answer.status == 200
        and answer.reader not in ("buyer_b", "provider_b", DESK)
    ]
    assert [answer for answer in told_to_others if _strange_in(stage.scene, "buyer_b", answer.text)], (
        "It says something of its reader."
    )
