"""The fixtures of the tests about Stripe."""

from collections.abc import Iterator

import pytest

from integrations.stripe.fake.admin import clear_faults
from integrations.stripe.fake.child import FakeStripeProcess
from tests.contracts.stripe.fake_stage import ADMIN_SECRET, SECRET_KEY, FakeStage


@pytest.fixture(scope="module")
def fake_stripe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeStripeProcess]:
    """A fake Stripe without webhooks, shared by a file's tests: each makes its own customers."""
    book = tmp_path_factory.mktemp("fake-stripe") / "book.jsonl"
    with FakeStripeProcess(book, secret_key=SECRET_KEY, admin_secret=ADMIN_SECRET, webhooks=None) as running:
        yield running


@pytest.fixture
def stage(fake_stripe: FakeStripeProcess) -> Iterator[FakeStage]:
    """That fake, asked by Stripe's own library and by plain HTTP; well again after each test."""
    with FakeStage(fake_stripe) as built:
        yield built
        fake_stripe.admin.ask(clear_faults())


@pytest.fixture
def own_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeStage]:
    """A fake of a test's own: to be killed, to have its clock moved, to have an empty balance."""
    book = tmp_path_factory.mktemp("own-stripe") / "book.jsonl"
    with (
        FakeStripeProcess(book, secret_key=SECRET_KEY, admin_secret=ADMIN_SECRET, webhooks=None) as running,
        FakeStage(running) as built,
    ):
        yield built
