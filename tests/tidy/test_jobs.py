"""Every job that is asked for has a worker, every worker is asked for, and both mean the same ids."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.clients import open_clients, terms_of
from app.core.db import WORKER_ROLE, Database
from app.settings import Settings
from tests.tidy.source import ROOT, Function, Source, dotted, functions, sources, written
from workers.jobs import build_table
from workers.runner import Flow
from workers.schedule import EVERY

GIVEN_TO_ALL = frozenset({"now", "request_id"})
_NAME = re.compile(r"[a-z_]+\.[a-z_]+")
_INSERT = re.compile(
    r"insert into job \(id, name, ids, request_id, due\)\s+values \(\w+, '([^']+)', jsonb_build_object\(([^)]*)\)"
)
Asked = tuple[str, frozenset[str]]


def asked_in(source: Source) -> Iterator[Asked]:
    """The jobs that a file of Python asks for: name, and the names of the ids."""
    for function in functions(source):
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in {"enqueue", "enqueue_each"}:
                ids = frozenset(keyword.arg or "**" for keyword in node.keywords) - {"due"}
                yield from ((name, ids) for name in _names(node.args[1], function, source))


def _names(named: ast.expr, function: Function, source: Source) -> list[str]:
    """A job's name where it is asked for; by way of a variable, every name that the variable may have."""
    if isinstance(named, ast.Constant):
        return [str(named.value)]
    assert isinstance(named, ast.Name), f"{source.path}:{named.lineno} computes the name of a job"
    set_here = [node.value for node in ast.walk(function) if isinstance(node, ast.Assign)
                and any(dotted(target) == named.id for target in node.targets)]  # fmt: skip
    texts = [node.value for value in set_here for node in ast.walk(value) if isinstance(node, ast.Constant)]
    names = [text for text in texts if isinstance(text, str) and _NAME.fullmatch(text)]
    assert names, f"{source.path}:{named.lineno} hides the name of a job"
    return names


def asked_in_sql(text: str) -> list[Asked]:
    """The jobs that SQL writes by itself."""
    assert len(_INSERT.findall(text)) == len(re.findall(r"insert\s+into\s+job\b", text)), "A job is inserted otherwise."
    return [(name, frozenset(re.findall(r"'(\w+)'", ids))) for name, ids in _INSERT.findall(text)]


def all_asked() -> set[Asked]:
    """Every job that the program asks for."""
    found = {asked for source in sources() for asked in asked_in(source)}
    found |= {asked for path in (ROOT / "app").rglob("*.sql") for asked in asked_in_sql(path.read_text())}
    return found | {(name, frozenset()) for name in EVERY}


@pytest.fixture
async def table(tmp_path: Path) -> dict[str, Flow]:
    """The worker's own table of jobs; nothing is connected to."""
    settings = Settings("postgresql://127.0.0.1/none", secret="-" * 32, files_url=f"file://{tmp_path}")
    db = Database(settings.database_url, role=WORKER_ROLE)
    async with open_clients(settings) as clients:
        return build_table(db, clients, terms_of(settings))


def test_every_job_that_is_asked_for_has_a_worker_and_the_other_way_round(table: dict[str, Flow]) -> None:
    asked = {name for name, _ in all_asked()}
    assert asked == set(table), asked ^ set(table)


def test_a_job_carries_the_ids_that_its_flow_takes(table: dict[str, Flow]) -> None:
    for name, ids in all_asked():
        parameters = inspect.signature(table[name]).parameters.values()
        wanted = {parameter.name for parameter in parameters if parameter.default is parameter.empty}
        assert wanted == ids | GIVEN_TO_ALL, name


def test_the_reading_of_job_names_is_seen_to_bite() -> None:
    planted = "def f(session):\n    outbox.enqueue(session, 'orders.nobody', due=now, org_id=org_id)"
    assert list(asked_in(written("app/x.py", planted))) == [("orders.nobody", frozenset({"org_id"}))]
    by_variable = "def f(session):\n    name = 'a.b' if x else 'c.d'\n    outbox.enqueue(session, name, due=now)"
    assert {name for name, _ in asked_in(written("app/x.py", by_variable))} == {"a.b", "c.d"}
    with pytest.raises(AssertionError):
        list(asked_in(written("app/x.py", "def f(session):\n    outbox.enqueue(session, kind + '.b', due=now)")))
    with pytest.raises(AssertionError):
        asked_in_sql("insert into job select 1")
