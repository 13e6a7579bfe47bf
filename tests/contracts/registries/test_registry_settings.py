"""Which registries does an installation work with, and which half or dangerous configuration does it refuse?"""

from pathlib import Path

import pytest

from app.clients import open_clients
from app.settings import PREFIX, Settings, read_settings, sandbox_of
from integrations.registries.base import AutomaticRegistry, ReadableRegistry
from integrations.registries.gold_standard.client import GoldStandardRegistry
from integrations.registries.isometric.client import IsometricRegistry

LIVE = {
    "DATABASE_URL": "postgresql://desk@db.example/live",
    "SECRET": "s" * 32,
    "FILES_URL": "file:///srv/live",
    "SANDBOX_DATABASE_URL": "postgresql://desk@db.example/sandbox",
    "SANDBOX_FILES_URL": "file:///srv/sandbox",
}
ISOMETRIC = {
    "ISOMETRIC_URL": "https://api.isometric.com/registry/v0",
    "ISOMETRIC_CLIENT_SECRET": "client secret",
    "ISOMETRIC_ACCESS_TOKEN": "access token",
    "ISOMETRIC_ORGANISATION_ID": "org_0000000000000001",
}
SANDBOX_URL = "https://api.sandbox.isometric.com/registry/v0"
TEST = {"MODE": "test", "SANDBOX_DATABASE_URL": "", "SANDBOX_FILES_URL": ""}


def settings_with(**changes: str) -> Settings:
    return read_settings({f"{PREFIX}{name}": value for name, value in (LIVE | changes).items()})


async def test_registries_that_are_set_up_are_worked_or_read_by_programs(tmp_path: Path) -> None:
    given = ISOMETRIC | {"FILES_URL": tmp_path.as_uri(), "GOLD_STANDARD_URL": "https://public-api.goldstandard.org"}
    async with open_clients(settings_with(**given)) as clients:
        isometric = clients.registries.registry_for("isometric")
        gold_standard = clients.registries.registry_for("gold_standard")
        assert isinstance(isometric, IsometricRegistry)
        assert isinstance(isometric, AutomaticRegistry)
        assert isinstance(isometric, ReadableRegistry)
        assert isinstance(gold_standard, GoldStandardRegistry)
        assert not isinstance(gold_standard, AutomaticRegistry)
        assert not isometric.capabilities.simulated
        assert gold_standard.capabilities.worked_by_people


async def test_by_default_people_work_them_and_nothing_is_read(tmp_path: Path) -> None:
    async with open_clients(settings_with(FILES_URL=tmp_path.as_uri())) as clients:
        for code in ("isometric", "gold_standard"):
            registry = clients.registries.registry_for(code)
            assert registry.capabilities.worked_by_people
            assert not isinstance(registry, ReadableRegistry)


async def test_what_a_test_desk_retires_in_a_sandbox_is_not_real(tmp_path: Path) -> None:
    given = ISOMETRIC | TEST | {"ISOMETRIC_URL": SANDBOX_URL, "FILES_URL": tmp_path.as_uri()}
    async with open_clients(settings_with(**given)) as clients:
        assert clients.registries.registry_for("isometric").capabilities.simulated


@pytest.mark.parametrize("lacking", sorted(ISOMETRIC))
def test_half_an_account_is_refused_by_name(lacking: str) -> None:
    with pytest.raises(SystemExit, match=f"{PREFIX}{lacking} must be set: Isometric is set up by half"):
        settings_with(**(ISOMETRIC | {lacking: ""}))


def test_a_supplier_alone_is_half_an_account_too() -> None:
    with pytest.raises(SystemExit) as refused:
        settings_with(ISOMETRIC_SUPPLIER_ID="spl_0000000000000001")
    assert str(refused.value).count("Isometric is set up by half") == 4


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (TEST, "a test desk works with the sandbox"),
        ({"ISOMETRIC_URL": SANDBOX_URL}, "a live desk has none"),
        ({"ISOMETRIC_URL": "http://api.isometric.com/registry/v0"}, "must be https"),
        (TEST | {"ISOMETRIC_URL": SANDBOX_URL, "REGISTRIES": "isometric=http://r"}, "both stand for Isometric"),
    ],
)
def test_unreal_credits_on_a_live_desk_and_real_ones_on_a_test_desk_are_refused(changes, told: str) -> None:
    with pytest.raises(SystemExit, match=told):
        settings_with(**(ISOMETRIC | changes))


def test_the_sandbox_beside_a_live_desk_has_no_real_account() -> None:
    live = settings_with(**ISOMETRIC, GOLD_STANDARD_URL="https://g.example", ISOMETRIC_SUPPLIER_ID="spl_1")
    beside = sandbox_of(live)
    assert beside is not None
    ours = [name for name in Settings.__struct_fields__ if name.startswith(("isometric_", "gold_standard_"))]
    assert len(ours) == 7
    assert {getattr(beside, name) for name in ours} == {""}
    assert live.isometric_url
