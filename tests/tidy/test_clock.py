"""Who may look at a clock? Only the edge: everybody else is told what time it is."""

import ast

from tests.tidy.source import ROOT, Source, dotted, sources, written

READERS = frozenset(
    {
        "utc_now", "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
        "time.localtime", "time.gmtime", "func.now", "func.current_timestamp", "func.clock_timestamp",
    }
)  # fmt: skip
"""`monotonic` and `perf_counter` say how long something took, not what time it is."""
EDGE = ("app/cli.py", "app/demo.py", "app/core/clock.py", "workers/", "benchmarks/", "app/demo/")
APART = {
    "app/core/ids.py": "an id of version 7 begins with its moment (RFC 9562, 5.7)",
    "integrations/registries/fake/__main__.py": "the edge of another process",
    "integrations/registries/gold_standard/fake/__main__.py": "the edge of another process",
    "integrations/registries/isometric/fake/__main__.py": "the edge of another process",
    "integrations/stripe/fake/__main__.py": "the edge of another process",
}
SQL_CLOCKS = ("now()", "current_timestamp", "clock_timestamp", "statement_timestamp", "current_date")


def clock_readers(source: Source) -> list[str]:
    """Lines outside the edge that name a clock, called at once or handed on."""
    if source.path.startswith(EDGE) or source.path in APART or (source.feature and "http" in source.rooms[:3]):
        return []
    found = [node for node in ast.walk(source.tree) if isinstance(node, ast.Attribute | ast.Name)]
    return [f"{source.path}:{node.lineno} {dotted(node)}" for node in found if names_a_clock(dotted(node))]


def names_a_clock(name: str) -> bool:
    """Whether it is one of the readers, also by way of its module: `datetime.datetime.now`."""
    return any(name == reader or name.endswith(f".{reader}") for reader in READERS)


def sql_clocks(path: str, text: str) -> list[str]:
    """Clocks of the database in a text of SQL; an interval's arithmetic is no clock."""
    spoken = "\n".join(line.partition("--")[0] for line in text.lower().splitlines())
    return [f"{path} {clock}" for clock in SQL_CLOCKS if clock in spoken]


def test_the_clock_is_read_at_the_edge_only() -> None:
    found = [line for source in sources() for line in clock_readers(source)]
    assert not found, found
    for planted in ("now = utc_now()", "import datetime\nx = datetime.datetime.now()", "edge = Edge(time.time)"):
        assert clock_readers(written("app/orders/operations.py", planted)), planted
    assert not clock_readers(written("app/orders/http/quotes.py", "now = utc_now()"))
    assert clock_readers(written("integrations/http.py", "now = utc_now()"))


def test_the_database_is_not_asked_for_the_time() -> None:
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in (ROOT / "app").rglob("*.sql")}
    assert texts
    texts |= {source.path: source.text for source in sources() if source.is_migration}
    found = [line for path, text in texts.items() for line in sql_clocks(path, text)]
    assert not found, found
    assert sql_clocks("x.sql", "select NOW() -- why")
    assert not sql_clocks("x.sql", "select 1 -- not now()")
