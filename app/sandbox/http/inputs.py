"""Which inputs make what go wrong at a test desk? The one table of them, as JSON and as a page."""

from html import escape
from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from app.core.http.page import page
from app.sandbox.http.addressed import TAGS
from app.sandbox.http.answers import ANSWERS, HEADER, LOST
from app.sandbox.rules import OVERPAID_MINOR, TransferKind
from app.sandbox.schemas import InputOut, InputsOut
from integrations.registries.fake.magic import MAGIC

_TRANSFERS: Final[dict[TransferKind, str]] = {
    TransferKind.EXACT: "the order is paid",
    TransferKind.SHORT: "half of it: the order waits for the rest; a second one completes it, or a person decides",
    TransferKind.OVER: f"¥{OVERPAID_MINOR:,} too much: the order is paid, the rest waits for a person",
    TransferKind.LATE: "for an order that has expired (reserved again if there is enough) or was canceled (a person decides)",
    TransferKind.UNKNOWN_PAYER: "without the reference: the order stays unpaid, the money waits for a person",
    TransferKind.DUPLICATE: "twice: the order is paid, the second transfer waits for a person",
}


def _of_bank() -> list[InputOut]:
    area = "POST /v1/test/bank-transfers"
    return [InputOut(area, f'{{"order_id": …, "kind": "{kind}"}}', happens) for kind, happens in _TRANSFERS.items()]


def _of_registry() -> list[InputOut]:
    area = "A retirement's purpose_detail or beneficiary_name"
    return [InputOut(area, magic.word, f"The registry {magic.does}: {magic.then}.") for magic in MAGIC]


def _of_answers() -> list[InputOut]:
    area = f"The header {HEADER}, with any request"
    asked = [InputOut(area, name, happens) for name, (_, _, happens) in ANSWERS.items()]
    lost = "the request is carried out and its answer lost: send it again with the same Idempotency-Key"
    return [*asked, InputOut(area, LOST, lost)]


INPUTS: Final[tuple[InputOut, ...]] = (
    *_of_bank(),
    *_of_registry(),
    *_of_answers(),
    InputOut("POST /v1/test/clock", '{"advance": "P8D"}', "an unpaid order expires; the operator's key is needed"),
    InputOut("POST /v1/test/clock", '{"advance": "PT31M"}', "a quote expires"),
    InputOut("POST /v1/test/evidence/{id}/accept", "nothing", "your lot is confirmed and sells"),
    InputOut("POST /v1/test/evidence/{id}/reject", "nothing", "your evidence is turned down"),
    InputOut(
        "POST /v1/test/organisations/{id}/status",
        '{"status": "pending" | "rejected" | "suspended" | "active"}',
        "your own organisation waits for approval, is turned away, is suspended, or may trade again",
    ),
    InputOut(
        "POST /v1/test/registry-tasks/{id}/finish", "nothing", "people carry your registry task out, up to its end"
    ),
    InputOut("POST /v1/imports", "a row whose quantity is not its serials' number", "quantity_contradicts_serials"),
    InputOut("POST /v1/imports", "a row twice in one file", "the second one is refused: duplicate_serials"),
    InputOut("Any POST with an Idempotency-Key", "the same key with another body", "422 idempotency_key_reused"),
)
"""Every magic input. Tests hold that each does what it says."""


@get("/v1/test/inputs", tags=TAGS)
async def list_test_inputs() -> InputsOut:
    """Every input that makes something go wrong here, and what happens."""
    return InputsOut(list(INPUTS))


@get("/docs/test-mode", include_in_schema=False)
async def show_test_mode() -> Response[str]:
    """The same for people."""
    rows = "".join(
        f"<tr><td>{escape(one.area)}</td><td><code>{escape(one.send)}</code></td><td>{escape(one.happens)}</td></tr>"
        for one in INPUTS
    )
    inside = (
        "<p>Nothing here is real: the registry is simulated, no bank is asked, whatever is printed says so.</p>"
        f"<table><tr><th>Where</th><th>Send</th><th>What happens</th></tr>{rows}</table>"
        '<p><a href="/docs">The API</a></p>'
    )
    return page("Test mode", inside)


routes: list[HTTPRouteHandler] = [list_test_inputs, show_test_mode]
