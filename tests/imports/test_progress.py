"""Can a provider watch a long import, as it happens or by asking again?"""

import asyncio

import httpx
import msgspec

from benchmarks.scenarios.import_ import holdings
from tests.imports.conftest import BY_JOB, Importer

EVENTS = {"Accept": "text/event-stream"}
ROWS = 1_200


def events_of(text: str) -> list[tuple[int, str, dict]]:
    """The id, name and data of each event (WHATWG HTML, 9.2.6)."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line)
        if "data" in fields:
            found.append((int(fields["id"]), fields["event"], msgspec.json.decode(fields["data"])))
    return found


async def test_a_large_file_is_taken_by_a_job_that_tells_each_step(verra: Importer) -> None:
    asked = await verra.send(holdings(ROWS), by_job=True)
    assert (asked.status_code, asked.json()["status"], asked.json()["done"]) == (202, "queued", 0)
    at = asked.headers["location"]
    watched = asyncio.create_task(verra.party.get(at, headers=EVENTS))
    await asyncio.sleep(0.1)
    await verra.world.run_jobs()
    answer = await watched
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    events = events_of(answer.text)
    assert answer.text.startswith("retry: 1000\n\n")
    assert [name for _, name, _ in events] == ["progress"] * (len(events) - 1) + ["end"]
    versions, done = [each[0] for each in events], [each[2]["done"] for each in events]
    assert versions == sorted(set(versions)), (
        "Each id is newer than the one before: a client can tell what it has seen."
    )
    assert done == sorted(done)
    last = events[-1][2]
    assert (done[0], last["status"], last["done"], last["total"], last["result"]["rows_good"]) == (
        0,
        "done",
        *[ROWS] * 3,
    )
    assert (await verra.party.get(at)).json() == last
    again = events_of((await verra.party.get(at, headers=EVENTS)).text)
    assert [name for _, name, _ in again] == ["end"], "Who asks again afterwards is told the end at once."


async def test_a_commit_by_job_is_watched_in_the_same_way(verra: Importer) -> None:
    import_id = (await verra.staged(holdings(600)))["import"]["id"]
    asked = await verra.party.post(f"/v1/imports/{import_id}/commit", {"rows": "all"}, headers=BY_JOB)
    assert asked.status_code == 202
    await verra.world.run_jobs()
    [(_, name, told)] = events_of((await verra.party.get(asked.headers["location"], headers=EVENTS)).text)
    assert (name, told["status"], told["done"], told["stage"]) == ("end", "done", 600, "rows declared")
    lots = await verra.party.get("/v1/lots", params={"limit": 1})
    assert len(lots.json()["data"]) == 1


async def test_a_job_is_its_owners_alone(verra: Importer, other: Importer) -> None:
    at = (await verra.send(holdings(10), by_job=True)).headers["location"]
    for headers in ({}, EVENTS):
        told: httpx.Response = await other.party.get(at, headers=headers)
        assert (told.status_code, told.json()["code"]) == (404, "job_not_found")
    assert (await verra.world.client().get(at, headers=EVENTS)).status_code == 401


async def test_a_file_that_turns_out_unreadable_ends_the_job_with_the_reason(verra: Importer) -> None:
    answer = await verra.send(b"\xff\xfe\x00\x81", by_job=True)
    assert (answer.status_code, answer.json()["code"]) == (400, "file_unreadable")
