"""What may go wrong? What a caller is told has a code of its own; everything else crashes where one place catches it."""

import ast
import importlib

from app.core.errors import AppError
from tests.tidy.source import Source, dotted, enclosing, sources, written

CATCH_ALL = {
    "workers/runner.py:run": "whatever a flow meets, the job's row must learn of it",
}
UNDONE_AND_RAISED = {
    "integrations/registries/fake/book.py:open": "a broken write is rolled back, and raised",
    "integrations/registries/fake/child.py:start": "a half-started child is ended, and the failure raised",
}
WIDE = frozenset({"Exception", "BaseException"})


def catch_alls(source: Source) -> set[str]:
    """Functions with an `except` for everything."""
    inside = enclosing(source)
    found = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(one is None or dotted(one) in WIDE for one in caught):
                found.add(f"{source.path}:{inside.get(node, 'the module')}")
    return found


def refusals() -> list[type[AppError]]:
    """Every class of refusal; their modules are imported first, so that none is missing."""
    for source in sources():
        if source.feature and any("AppError" in base or "Conflict" in base for base in _bases(source)):
            importlib.import_module(".".join(source.rooms).removesuffix(".__init__"))
    found, waiting = [], [AppError]
    while waiting:
        waiting += (below := waiting.pop().__subclasses__())
        found += [refusal for refusal in below if refusal.__module__.startswith("app.")]
    return found


def _bases(source: Source) -> set[str]:
    return {dotted(base) for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef) for base in node.bases}


def wrong_about(refusal: type[AppError]) -> list[str]:
    """What a refusal lacks that callers rely on."""
    own = vars(refusal)
    if refusal.__name__ == "BadRequest":  # The plain 400: what AppError says of itself.
        own = vars(AppError) | own
    wrong = [
        f"{refusal.__qualname__} has no {name} of its own"
        for name in ("code", "title_en", "title_ja")
        if name not in own
    ]
    if not own.get("__doc__"):
        wrong.append(f"{refusal.__qualname__} has no docstring")
    if not refusal.code.replace("_", "").isalpha() or refusal.code != refusal.code.lower():
        wrong.append(f"{refusal.__qualname__}'s code is not in snake case: {refusal.code}")
    return wrong


def test_everything_is_caught_in_one_place_only() -> None:
    found = {line for source in sources() for line in catch_alls(source)}
    assert found == CATCH_ALL.keys() | UNDONE_AND_RAISED.keys(), found
    for planted in ("except Exception:", "except:", "except (ValueError, BaseException):"):
        assert catch_alls(written("app/x.py", f"try:\n    f()\n{planted}\n    pass")), planted


def test_each_refusal_has_a_code_two_titles_and_an_explanation() -> None:
    assert len(refusals()) > 60
    found = [line for refusal in refusals() for line in wrong_about(refusal)]
    assert not found, found


def test_no_two_refusals_share_a_code() -> None:
    codes: dict[str, set[str]] = {}
    for refusal in refusals():
        codes.setdefault(refusal.code, set()).add(refusal.__qualname__)
    twice = {code: names for code, names in codes.items() if len(names) > 1}
    assert not twice, twice


def test_a_refusal_without_words_is_seen() -> None:
    class Mute(AppError):
        status = 409

    assert len(wrong_about(Mute)) == 4
