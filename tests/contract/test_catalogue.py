"""Does every refusal explain itself, in both languages, at the address that it names? And is every route told of?"""

import html
import re
from datetime import date

import httpx
import msgspec
import pytest
from litestar import Response, get

from app.core.errors import AppError, Conflict
from app.core.http.answers import successes
from app.core.http.catalogue import catalogue, codes_of, example_of, meaning, raised_by
from app.core.http.deprecation import NOTICE_DAYS_MIN, Deprecated
from app.core.http.problems import problem_type
from app.main import ROUTES
from tests.contract.peopled import NOBODY
from tests.contract.seen import EVERY
from tests.contract.served import Served
from tests.isolation.document import document
from tests.world import BASE_URL

PAGES = {
    "/", "/openapi.json", "/docs", "/docs/style.css", "/docs/test-mode", "/problems", "/problems/{code}", "/c/{name}", "/verify", "/static/{name}",
    "/desk", "/static/{folder}/{name}",
}  # fmt: skip
"""What is for people, and the document itself: everything else that is served stands in the document."""
ELSEWHERE = {
    "serials_not_exchangeable": "caught where a notice is compared: it becomes a difference for the operator",
    "bad_request": "the plain 400, of which all others are kinds",
    "conflict": "the plain 409, of which all others are kinds",
    "not_found": "at an address that nothing has",
    "method_not_allowed": "at an address that others have",
    "certificate_not_rendered": "a certificate's page answers with it",
    "desk_founded": "the command line answers with it",
    "document_number_invalid": "a number is read where a person types one, which no door takes yet",
    **dict.fromkeys(
        (
            "invalid_invoice_line",
            "issuer_not_registered",
            "line_outside_month",
            "nothing_to_invoice",
            "payout_below_zero",
            "registration_not_told",
            "registration_number_invalid",
            "returned_too_much",
            "too_many_invoice_lines",
        ),
        "a job that issues papers ends with it: a person looks",
    ),
    "more_than_was_earned": "a refund takes no more than was sold: giving back more would be a mistake of ours",
    "period_closed": "a month that is closed between the look and the posting",
    "payment_not_found": "an order without a payment would be a mistake of ours",
}
"""Codes that no operation names, each with where it is met."""
SERVED = document()
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


def undocumented(paths: set[str], told: set[str]) -> set[str]:
    return paths - told - PAGES


async def test_every_route_is_in_the_document_or_a_page(desk: Served) -> None:
    app = desk.world.app._app  # type: ignore[attr-defined]
    paths = {route.path_format for route in app.routes}
    assert len(paths) > 50
    assert undocumented(paths, set(SERVED["paths"])) == set()
    assert undocumented({"/v1/hidden"}, set(SERVED["paths"])) == {"/v1/hidden"}
    hidden = {handler for handler in ROUTES if getattr(handler, "include_in_schema", True) is False}
    assert {path for handler in hidden for path in handler.paths if path.startswith("/v1/")} == set()


def test_operations_have_short_names_that_are_their_own() -> None:
    names = [each.told["operationId"] for each in EVERY]
    assert len(set(names)) == len(names)
    assert {"placeOrder", "showOrder", "listListings", "signIn"} <= set(names)
    for each in EVERY:
        assert each.told["tags"], each.name
        assert each.told["summary"], each.name
        assert each.told.get("description"), each.name
    assert not [name for name in SERVED["components"]["schemas"] if "." in name]


@pytest.mark.parametrize(("code", "refusal"), catalogue().items(), ids=list(catalogue()))
def test_every_code_says_what_it_means_and_what_to_do(code: str, refusal: type[AppError]) -> None:
    assert len(refusal.title_en) > 3
    assert JAPANESE.search(refusal.title_ja)
    assert JAPANESE.search(refusal.remedy_ja)
    assert refusal.remedy_en.endswith(".")
    assert meaning(refusal)
    if refusal.status != 400:
        assert refusal.remedy_en != AppError.remedy_en, (
            "Say what can be done about it, or inherit from a class that does."
        )
    for language in ("en", "ja"):
        example = msgspec.json.decode(example_of(refusal, BASE_URL, language))
        assert (example["code"], example["status"]) == (code, refusal.status)
        assert example["type"] == problem_type(BASE_URL, code)


async def test_every_type_leads_to_its_page(desk: Served) -> None:
    async with httpx.AsyncClient(base_url=desk.url, headers=desk.headers(NOBODY), timeout=30) as client:
        for code, refusal in catalogue().items():
            answer = await client.get(httpx.URL(problem_type(desk.url, code)).path)
            assert answer.status_code == 200, code
            text = html.unescape(answer.text)
            for said in (refusal.title_en, refusal.title_ja, refusal.remedy_en, refusal.remedy_ja, f'"code": "{code}"'):
                assert said in text, (code, said)
            assert problem_type(desk.url, code) in text
            for at, name in raised_by(SERVED, code):
                assert f'href="/docs#{name}"' in answer.text, (code, at)
        docs = (await client.get("/docs")).text
    for each in EVERY:
        assert f'id="{each.told["operationId"]}"' in docs


def test_what_the_document_names_is_in_the_catalogue_and_the_other_way_round() -> None:
    told = {code for each in EVERY for response in each.told["responses"].values() for code in codes_of(response)}
    assert told <= catalogue().keys()
    ours = {code for code, refusal in catalogue().items() if refusal.__module__.startswith("app.")}
    assert ours - told <= ELSEWHERE.keys(), ours - told - ELSEWHERE.keys()
    assert ("POST /v1/orders", "placeOrder") in raised_by(SERVED, "not_enough_credits")


def test_a_class_inherits_what_to_do() -> None:
    assert catalogue()["invalid_state"].remedy_en == Conflict.remedy_en


async def test_every_example_fits_its_schema() -> None:
    shown = [
        media["example"]
        for each in EVERY
        for media in each.told.get("requestBody", {}).get("content", {}).values()
        if "example" in media
    ]
    assert len(shown) >= 10, "Their being accepted is Schemathesis' first phase."


DEPRECATED = Deprecated(date(2026, 11, 25), date(2027, 6, 1), "/v1/listings")


@get("/v1/old", opt={"deprecated": DEPRECATED}, sync_to_thread=False)
def show_old() -> Response[None]:
    """What was."""
    return Response(None)


def test_what_is_on_its_way_out_says_so() -> None:
    headers = dict(DEPRECATED.headers())
    assert headers[b"deprecation"] == b"@1795564800"
    assert headers[b"sunset"] == b"Tue, 01 Jun 2027 00:00:00 GMT"
    assert (b"link", b'</v1/listings>; rel="successor-version"') in DEPRECATED.headers()
    told = successes({"200": {"content": {}}}, show_old, "GET", set())
    assert {"Deprecation", "Sunset", "ETag"} <= told["200"]["headers"].keys()
    with pytest.raises(AssertionError):
        Deprecated(date(2026, 11, 25), date(2026, 12, 25), "/v1/listings")
    assert NOTICE_DAYS_MIN == 180
