"""Whose worlds have the catalogue from the start."""

import pytest


@pytest.fixture(scope="session")
def template(stocked_template: str) -> str:
    """Every test here opens a world of its own."""
    return stocked_template
