"""Who may import whom? `.importlinter` says it; here each of its contracts is seen to bite."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.source import ROOT, Source, imported, sources, written

PACKAGES = ("app", "workers", "integrations", "migrations")
SEEN_BY_MIGRATIONS = ("app.tables", "app.settings")


def lint(folder: Path) -> tuple[int, str]:
    """The exit code of import-linter over the packages in this folder, and what it said, in single spaces."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return ran.returncode, " ".join((ran.stdout + ran.stderr).split())


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages' Python files and the contracts, to be broken."""
    folder = tmp_path_factory.mktemp("contracts")
    for package in PACKAGES:
        for source in (ROOT / package).rglob("*.py"):
            target = folder / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    shutil.copyfile(ROOT / ".importlinter", folder / ".importlinter")
    return folder


def test_every_contract_is_kept() -> None:
    code, said = lint(ROOT)
    assert code == 0, said
    assert "9 kept, 0 broken" in said


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("integrations/http.py", "import app.core.ids", 1),
        ("app/core/ids.py", "import workers.jobs", 1),
        ("app/payments/queries/found.py", "from app.orders import queries as above", 2),
        ("app/inventory/queries/lots.py", "from app.ledger import queries as beside", 2),
        ("app/inventory/operations/stock.py", "from app.payments import queries as above", 2),
        ("app/ledger/queries.py", "def late() -> None:\n    from app.orders import flow", 2),
        ("app/loyalty/__init__.py", "", 2),
        ("app/payments/rules/judgement.py", "from app.core import db", 3),
        ("app/orders/rules/prices.py", "from app.orders import models", 3),
        ("app/orders/flow/place.py", "from app.listings import http", 4),
        ("app/core/pages.py", "from app.core.http import paging", 4),
        ("app/orders/flow/place.py", "from app.settings import Settings", 5),
        ("app/core/outbox.py", "import dramatiq", 6),
        ("integrations/storage/live.py", "import sqlalchemy", 7),
        ("integrations/registries/people.py", "import litestar", 7),
        ("app/retirements/flow/sending.py", "import litestar", 8),
        ("workers/relay.py", "from litestar import get", 8),
        ("migrations/versions/0001_tables.py", "from app.core import ids", 9),
    ],
)
def test_a_planted_violation_is_caught_by_its_contract(copied: Path, path: str, line: str, contract: int) -> None:
    victim = copied / path
    before = victim.read_text() if victim.exists() else None
    victim.parent.mkdir(exist_ok=True)
    victim.write_text(f"{before or ''}\n{line}\n")
    try:
        code, said = lint(copied)
    finally:
        if before is None:
            shutil.rmtree(victim.parent)
        else:
            victim.write_text(before)
    assert code == 1, said
    assert re.search(rf"\b{contract}\. ((?!KEPT|BROKEN).)* BROKEN", said), said


def test_the_fakes_servers_may_know_the_framework(copied: Path) -> None:
    victim = copied / "integrations/registries/fake/office.py"
    before = victim.read_text()
    victim.write_text(f"{before}\nimport litestar.exceptions\n")
    try:
        assert lint(copied)[0] == 0
    finally:
        victim.write_text(before)


def beyond_tables_and_settings(source: Source) -> list[str]:
    """What `migrations/env.py` imports of `app` beside the two modules that it needs."""
    ours = [(line, name) for line, name in imported(source) if f"{name}.".startswith("app.")]
    return [f"{source.path}:{line} {name}" for line, name in ours if not name.startswith(SEEN_BY_MIGRATIONS)]


def test_the_migrations_environment_sees_only_tables_and_settings() -> None:
    (environment,) = [source for source in sources() if source.path == "migrations/env.py"]
    assert not beyond_tables_and_settings(environment)
    assert beyond_tables_and_settings(written("migrations/env.py", "from app.core.db import Table"))


def others_doors_and_schemas(source: Source) -> list[str]:
    """Imports of another feature's `http` or `schemas`: what callers see of a feature is that feature's own affair."""
    found = []
    for line, name in imported(source):
        steps = name.split(".")
        inner = len(steps) > 2 and steps[0] == "app" and steps[2] in {"http", "schemas"}
        if inner and steps[1] not in {source.feature, "core"} and source.feature not in {"main", "expansions"}:
            found.append(f"{source.path}:{line} {name}")
    return found


def test_no_feature_imports_the_doors_or_the_schemas_of_another() -> None:
    found = [line for source in sources() for line in others_doors_and_schemas(source)]
    assert not found, found
    for planted in ("from app.listings import http", "from app.listings.schemas import ListingOut"):
        assert others_doors_and_schemas(written("app/orders/http/orders.py", planted))
