"""A name says what a thing is for; a note says why. Neither puts off till later what is to be done now."""

import ast
import re

from tests.tidy.source import Source, functions, kept_files, sources, sources_of_tests, written

INSTEAD = {
    "utils": "the noun that its functions are about",
    "util": "the noun that its functions are about",
    "helpers": "the noun that its functions are about",
    "helper": "the noun that its functions are about",
    "common": "the noun that its functions are about",
    "misc": "the noun that its functions are about",
    "manager": "what it holds",
    "service": "the verbs, as functions",
    "process": "the verb of the trade: settle, allocate, submit",
    "handle": "the verb of the trade: settle, allocate, submit",
    "data": "what the values are: rows, facts, lines",
}
NAMED_BY_OTHERS = {
    "app/sandbox/http/answers.py:handle": "Litestar's",
    "app/main.py:handle_exit": "uvicorn's",
    "integrations/http.py:handle_async_request": "httpx's",
}
LATER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
EXCUSED = re.compile(r"# (?:noqa|type: ignore|pragma)\b(?P<rest>.*)$", re.MULTILINE)
REASONED = re.compile(r"(?:: [A-Z]+\d+(?:, ?[A-Z]+\d+)*|\[[a-z-]+(?:, ?[a-z-]+)*\])\s+(?:- |# )\S.*")
NOT_IN_TESTS = re.compile(r"pytest\.(?:skip|xfail|importorskip)|mark\.(?:skip|skipif|xfail)\b|\bmock\b|setattr\(")


def empty_words(source: Source) -> list[str]:
    """Modules and functions with a word in their names that could stand for anything, and what to say instead."""
    named = [(0, room) for room in source.rooms] + [(function.lineno, function.name) for function in functions(source)]
    return [
        f"{source.path}:{line} {name}: say {INSTEAD[word]}"
        for line, name in named
        for word in INSTEAD.keys() & set(name.split("_"))
        if f"{source.path}:{name}" not in NAMED_BY_OTHERS
    ]


def unexplained_excuses(source: Source) -> list[str]:
    """Linters told to look away without a rule and a reason on the same line."""
    return [f"{source.path} {found[0]}" for found in EXCUSED.finditer(source.text) if not REASONED.match(found["rest"])]


def test_names_say_what_things_are() -> None:
    found = [line for source in sources() for line in empty_words(source)]
    assert not found, found
    assert empty_words(written("app/orders/utils.py", ""))
    assert empty_words(written("app/orders/flow.py", "async def process_order(): ..."))


def test_each_file_begins_with_what_it_is_for() -> None:
    files = [source for source in (*sources(), *sources_of_tests()) if source.text.strip()]
    assert len(files) > 300
    found = [source.path for source in files if not ast.get_docstring(source.tree)]
    assert not found, found


def test_nothing_is_put_off_till_later() -> None:
    texts = [
        (path, path.read_bytes()) for path in kept_files() if path.suffix in {".py", ".sql", ".md", ".toml", ".html"}
    ]
    found = [str(path) for path, content in texts if LATER.search(content.decode())]
    assert not found, found
    assert LATER.search("# TO" + "DO: later")


def test_a_linter_looks_away_only_for_a_reason() -> None:
    found = [line for source in sources() for line in unexplained_excuses(source)]
    assert not found, found
    for planted in ("a = 1  # noqa", "a = 1  # noqa: S105", "a = 1  # type: ignore[arg-type]"):
        assert unexplained_excuses(written("app/x.py", planted)), planted
    assert not unexplained_excuses(written("app/x.py", "a = 1  # noqa: S105 - A name, not a password."))


def test_no_test_is_passed_over_and_none_stands_in_for_our_code() -> None:
    others = [source for source in sources_of_tests() if source.path != "tests/tidy/test_words.py"]
    found = [f"{source.path} {hit}" for source in others for hit in NOT_IN_TESTS.findall(source.text)]
    assert not found, found
    assert NOT_IN_TESTS.search("@pytest.mark.xfail")
