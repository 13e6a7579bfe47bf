"""With which settings do the API and the worker of a demonstration run?"""

import ipaddress
import os
import secrets
from collections.abc import Mapping
from typing import Final

import msgspec

from app.demo.card import Stripe
from app.demo.errors import DemoFailed
from app.demo.places import HOST, Places
from app.settings import PREFIX, Settings

_PUBLISHABLE_KEY: Final = "pk_test_demonstration"
"""For the fields of a page; the demonstration has none."""
_ISSUER: Final = "Offset Desk (demonstration)"


def given_database_url(environment: Mapping[str, str] = os.environ) -> str:
    """The database that OFFSETDESK_DATABASE_URL names; empty when the embedded one is wanted."""
    return environment.get(f"{PREFIX}DATABASE_URL", "")


def given_stripe_key(environment: Mapping[str, str] = os.environ) -> str:
    """A key of Stripe's test mode that OFFSETDESK_STRIPE_SECRET_KEY names; empty: the simulated Stripe is wanted.

    Raises DemoFailed for a key of the live mode.
    """
    key = environment.get(f"{PREFIX}STRIPE_SECRET_KEY", "")
    if key and key.split("_")[1:2] != ["test"]:
        raise DemoFailed(f"The demonstration moves no money: {PREFIX}STRIPE_SECRET_KEY must be of Stripe's test mode.")
    return key


def refuse_other_hosts(environment: Mapping[str, str] = os.environ) -> None:
    """Raises DemoFailed when OFFSETDESK_HOST opens the demonstration, whose keys are printed, to a network."""
    host = environment.get(f"{PREFIX}HOST", HOST)
    try:
        alone = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        alone = False
    if not alone:
        raise DemoFailed(f"The demonstration prints its keys, so it serves {HOST} alone: {PREFIX}HOST is {host}.")


def demo_settings(
    places: Places, stripe: Stripe, *, database_url: str, port: int, registry: tuple[str, str]
) -> Settings:
    """Test mode on loopback, with the simulated registry (address, secret) in the place of J-Credit's; nothing of the machine's."""
    registry_url, registry_secret = registry
    return Settings(
        database_url=database_url,
        secret=secrets.token_urlsafe(32),
        files_url=places.files.as_uri(),
        mode="test",
        base_url=f"http://{HOST}:{port}",
        issuer_name=_ISSUER,
        registries=f"jcredit={registry_url}",
        registry_secret=registry_secret,
        stripe_url=stripe.url,
        stripe_secret_key=stripe.secret_key,
        stripe_publishable_key=_PUBLISHABLE_KEY,
        stripe_webhook_secrets=stripe.webhook_secret,
        poll_ms=50,
        host=HOST,
        port=port,
    )


def environment_of(settings: Settings, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment for a child: ours with these settings and no other, so that no variable reaches a live desk."""
    others = {name: value for name, value in environment.items() if not name.startswith(PREFIX)}
    told = {f"{PREFIX}{name.upper()}": str(value) for name, value in msgspec.structs.asdict(settings).items()}
    return others | told
