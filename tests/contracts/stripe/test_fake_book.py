"""Does the fake Stripe lose nothing when it is killed, name things alike on every run, and stay quick when it is full?"""

import threading
import time
from pathlib import Path

import httpx
import pytest

from integrations.registries.fake.book import BookTampered
from integrations.registries.fake.child import FakeRegistryFailed
from integrations.stripe.fake import scene
from integrations.stripe.fake.admin import forward
from integrations.stripe.fake.child import FakeStripeProcess
from integrations.stripe.fake.messages import Durability
from integrations.stripe.fake.reading import read_view
from integrations.stripe.shapes import REFERENCE
from tests.contracts.stripe.fake_stage import ADMIN_SECRET, SECRET_KEY, FakeStage

FORM = {"amount": "500", "currency": "jpy", "payment_method_types[0]": "card"}


def started(book: Path, durability: Durability = Durability.PAGE_CACHE) -> FakeStripeProcess:
    return FakeStripeProcess(
        book, secret_key=SECRET_KEY, admin_secret=ADMIN_SECRET, webhooks=None, durability=durability
    )


def test_a_kill_between_any_two_requests_loses_nothing(own_stage: FakeStage) -> None:
    customer = own_stage.customer()
    intent = own_stage.transfer_intent(customer)
    first = own_stage.post("/v1/payment_intents", FORM, key="before")
    own_stage.wish(scene.FundTransfer(customer, 4_000))
    own_stage.server.admin.ask(forward(3_600))
    before = own_stage.book
    own_stage.server.kill()
    own_stage.server.start()
    assert own_stage.book == before
    again = own_stage.post("/v1/payment_intents", FORM, key="before")
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    assert own_stage.api.customers.create({"name": "late"}).created >= intent.created + 3_600
    own_stage.wish(scene.FundTransfer(customer, 6_000))
    assert own_stage.intent(intent.id).status == "succeeded"


def test_what_was_answered_before_a_kill_under_load_is_there_after_it(own_stage: FakeStage) -> None:
    answered: list[str] = []
    stop = threading.Event()

    def ask() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            form = FORM | {f"metadata[{REFERENCE}]": f"load-{n}"}
            try:
                reply = own_stage.post("/v1/payment_intents", form, key=f"load-{n}")
            except httpx.TransportError:
                return
            answered.append(reply.json()["id"])

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(1)
    own_stage.server.kill()
    stop.set()
    asking.join()
    alone = read_view(own_stage.server.book)
    there = {intent["id"] for intent in alone.objects["payment_intent"]}
    assert set(answered) <= there
    assert len(there) <= len(answered) + 1
    own_stage.server.start()
    for n in range(1, len(answered) + 2):
        own_stage.post("/v1/payment_intents", FORM | {f"metadata[{REFERENCE}]": f"load-{n}"}, key=f"load-{n}")
    assert set(own_stage.book.references["payment_intent"].values()) == {1}


def test_a_tampered_book_is_not_opened(tmp_path: Path) -> None:
    book = tmp_path / "book.jsonl"
    with started(book) as server, FakeStage(server) as stage:
        stage.customer()
    book.write_bytes(book.read_bytes().replace(b"hanako", b"taroko"))
    with pytest.raises(FakeRegistryFailed, match="BookTampered"):
        started(book).start()
    with pytest.raises(BookTampered):
        read_view(book)


def test_the_same_acts_are_named_alike_on_every_run(tmp_path: Path) -> None:
    names = []
    for run in range(2):
        with started(tmp_path / f"{run}.jsonl") as server, FakeStage(server) as stage:
            customer = stage.api.customers.create({"name": "x"}).id
            names.append((customer, stage.paid_by_card(customer).latest_charge))
    assert names[0] == names[1]
    assert all(len(name) >= 24 for name in names[0])


def test_a_book_can_be_on_the_disk_with_every_line(tmp_path: Path) -> None:
    with started(tmp_path / "book.jsonl", Durability.DISK) as server, FakeStage(server) as stage:
        stage.customer()
        assert stage.book.lines == 1


def test_a_fake_that_is_full_answers_as_quickly(own_stage: FakeStage) -> None:
    """Fifteen hundred intents: a question costs what it did before, give or take a busy machine."""
    customer = own_stage.customer()
    empty = _seconds(own_stage, customer)
    with httpx.Client(base_url=own_stage.raw.base_url, headers=own_stage.raw.headers, trust_env=False) as kept:
        for n in range(1_500):
            form = FORM | {"metadata[n]": str(n), "customer": customer if n % 100 == 0 else ""}
            kept.post("/v1/payment_intents", data={name: value for name, value in form.items() if value})
    assert len(own_stage.api.payment_intents.list({"customer": customer, "limit": 100}).data) == 15
    full = _seconds(own_stage, customer)
    assert full < empty * 5 + 0.2, (empty, full)


def _seconds(stage: FakeStage, customer: str) -> float:
    began = time.perf_counter()
    for _ in range(20):
        stage.raw.get("/v1/payment_intents", params={"customer": customer, "limit": "10"})
        stage.raw.get("/v1/events", params={"limit": "1", "delivery_success": "false"})
    return time.perf_counter() - began
