"""Does the server do what its document says, whatever is sent? Schemathesis tries every operation as each caller.

`schemathesis.toml` is the whole configuration; only the caller's key, the ids that it may see, and ten times the
examples (in the torture run) are added here.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import ROOT
from tests.contract.peopled import BUYER, NOBODY, OPERATOR, PROVIDER
from tests.contract.seen import EVERY, ids_seen
from tests.contract.served import Served
from tests.isolation.document import NAMED, Operation

HERE = Path(__file__).parent
CALLERS = (NOBODY, BUYER, PROVIDER, OPERATOR)
PROVIDERS = {
    "Inventory", "Provider's listings", "Provider's payouts", "Reconciliation", "Registry tasks", "Storefronts",
}  # fmt: skip
"""What is tried as a provider; the rest as a buyer."""
EXAMPLES, TORTURE_EXAMPLES = 4, 40
SHORT, LONG = "examples,coverage,fuzzing", "examples,coverage,fuzzing,stateful"


@pytest.mark.parametrize("caller", CALLERS)
async def test_the_server_does_what_the_document_says(desk: Served, tmp_path: Path, caller: str) -> None:
    tried = [each for each in EVERY if is_open_to(caller, each)]
    report = await fuzzed(desk, caller, tmp_path, examples=EXAMPLES, phases=SHORT, tried=tried)
    assert report["operations"]["tested"] == len(tried), report["operations"]
    assert report["test_cases"]["generated"] > 10 * len(tried), report["test_cases"]


@pytest.mark.torture
@pytest.mark.parametrize("caller", CALLERS)
async def test_the_server_does_it_ten_times_as_long_and_in_any_order(desk: Served, tmp_path: Path, caller: str) -> None:
    await fuzzed(desk, caller, tmp_path, examples=TORTURE_EXAMPLES, phases=LONG, tried=EVERY)


def is_open_to(caller: str, operation: Operation) -> bool:
    """Whether more than the door's refusal can be heard; that it stands at every other, tests/isolation shows.

    Between them the callers try the whole document: each what is its own, and everything in the torture run. Addresses
    are tried with all of their methods.
    """
    if caller == NOBODY:
        return any(each.public for each in EVERY if each.path == operation.path)
    if caller == OPERATOR or operation.operators:
        return operation.operators and caller == OPERATOR
    tags = {tag for each in EVERY if each.path == operation.path for tag in each.told["tags"]}
    return (caller == PROVIDER) == bool(PROVIDERS & tags)


async def fuzzed(
    desk: Served, caller: str, folder: Path, *, examples: int, phases: str, tried: Sequence[Operation]
) -> dict[str, Any]:
    """Run the tool as a caller on these operations; its report. Any failure of any check fails."""
    key = desk.keys[caller]
    async with httpx.AsyncClient(base_url=desk.url, headers=desk.headers(caller), timeout=30) as client:
        seen = await ids_seen(client, desk.pages.values())
        own = [*seen.get("key", ()), *seen.get("mem", ())]
        config = folder / "schemathesis.toml"
        config.write_text((HERE / "schemathesis.toml").read_text() + dictionaries(seen))
        told = folder / "openapi.json"
        document = (await client.get("/openapi.json")).json()
        chosen: dict[str, Any] = {}
        for each in tried:
            chosen.setdefault(each.path, {})[each.method.lower()] = document["paths"][each.path][each.method.lower()]
        told.write_text(json.dumps(document | {"paths": chosen}))
        words = [
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", str(told), "--url", desk.url,
            "--phases", phases, "--max-examples", str(examples), "--report", "json",
            "--report-json-path", str(folder / "report.json"), *([] if key is None else ["-H", f"Authorization: Bearer {key}"]),
        ]  # fmt: skip
        done = await asyncio.to_thread(
            subprocess.run, words, cwd=ROOT, capture_output=True, text=True,
            env=os.environ | {"OFFSETDESK_FUZZ_OWN_IDS": " ".join(own), "NO_COLOR": "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
        if key is not None:
            assert (await client.get("/v1/organisation")).status_code == 200, "The key outlived what was done with it."
    found: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return found


def dictionaries(seen: dict[str, list[str]]) -> str:
    """Ids that exist, for half of the cases that are asked for one: made-up ones are never found."""
    lines = ["", "[dictionaries]"]
    lines += [f"{prefix} = {{ values = {json.dumps(ids)} }}" for prefix, ids in seen.items()]
    lines += ["", "[parameters]"]
    for name, prefix in NAMED.items():
        if prefix in seen:
            bound = f'= {{ dictionary = "{prefix}", probability = 0.5 }}'
            lines += [f'"{where}.{name}" {bound}' for where in ("path", "query", "body", "body.lines[*]")]
    return "\n".join(lines) + "\n"
