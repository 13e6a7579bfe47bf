"""One desk with two people, a bank and a Stripe of its own for all tests of payouts: a world costs seconds."""

import pytest

from tests.money.conftest import opened_till, till  # noqa: F401 - fixtures of the tests of money.
from tests.money.till import Till
from tests.payouts.counting_house import House, open_house


@pytest.fixture(scope="session")
async def opened_house(opened_till: Till) -> House:  # noqa: F811 - the fixture itself.
    """The desk's people have signed in."""
    return await open_house(opened_till)


@pytest.fixture
async def house(opened_house: House, till: Till) -> House:  # noqa: F811 - the fixture itself.
    """The same, with nothing left over from an earlier test."""
    assert opened_house.till is till
    await opened_house.call_off()
    return opened_house
