"""The one demonstration that the README's blocks are run against."""

from collections.abc import Iterator

import pytest

from tests.readme.demonstration import END, Demonstration, started


@pytest.fixture(scope="module")
def demo() -> Iterator[Demonstration]:
    with started() as running:
        running.listen(END)
        yield running
