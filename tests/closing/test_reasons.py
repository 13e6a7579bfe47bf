"""Has every reason for which money moves a word in the journal, and every one that Stripe books too a line of Stripe's?"""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.closing.rules import COUNTERPARTS, REASONS, UNLINED_REASONS

APP = Path(__file__).parents[2] / "app"
POSTING = {"post", "post_each", "_post", "use_up"}
"""What writes postings: the ledger's own verbs, and the small functions that features wrap them in."""


def strings(node: ast.expr | None) -> Iterator[str]:
    """The words that an expression may be: a constant, or one of two."""
    match node:
        case ast.Constant(value=str(word)):
            yield word
        case ast.IfExp(body=one, orelse=other):
            yield from strings(one)
            yield from strings(other)


def reasons_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in POSTING:
                for argument in (*node.args, *(each.value for each in node.keywords if each.arg == "reason")):
                    yield from strings(argument)
            case ast.Dict():
                for key, value in zip(node.keys, node.values, strict=True):
                    if list(strings(key)) == ["reason"]:
                        yield from strings(value)


def posted() -> set[str]:
    """Every reason that the program posts for."""
    found: set[str] = set()
    for path in sorted(APP.rglob("*.py")):
        text = path.read_text()
        if "ledger" in text or "use_up" in text:
            found.update(reasons_in(ast.parse(text)))
    return {word for word in found if word.isidentifier() and word != "JPY"}


def test_every_reason_of_a_posting_has_a_word_in_the_journal() -> None:
    assert {"sale", "commission_back", "payout_returned", "stripe_dispute"} <= posted(), "They are found."
    assert posted() | UNLINED_REASONS == set(REASONS), "These two are named once, in the rules."


def test_every_counterpart_is_posted() -> None:
    assert {each.reason for each in COUNTERPARTS.values()} <= posted()
    assert set(REASONS) >= UNLINED_REASONS
