"""Which other people's systems does this installation speak to, and by which terms? Made from settings, once."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.catalog.rules.registries import REGISTRIES
from app.core.request_id import current_request_id
from app.core.terms import Terms
from app.payments.flow import CardFields, WebhookSecrets
from app.settings import SANDBOX, Settings
from integrations.documents.client import Documents
from integrations.documents.typst import TypstDocuments
from integrations.http import Timeouts
from integrations.registries.base import Registries, Registry
from integrations.registries.gold_standard.client import GoldStandardRegistry
from integrations.registries.isometric.api import Credentials
from integrations.registries.isometric.client import Account, IsometricRegistry
from integrations.registries.people import PeopleRegistry
from integrations.registries.simulated import SimulatedRegistry
from integrations.storage.client import Files
from integrations.storage.live import ObjectFiles
from integrations.stripe.client import Stripe

SETTLES_WITHIN_S = 24 * 3600
"""Of registries that people work: a guess on the safe side (J-Credit publishes no processing time)."""


@dataclass(frozen=True, slots=True)
class Clients:
    """Everything outside the database that flows are handed."""

    registries: Registries
    documents: Documents
    files: Files
    stripe: Stripe | None
    """None: this desk has no account at Stripe."""


@asynccontextmanager
async def open_clients(settings: Settings, *, clock: Callable[[], datetime] | None = None) -> AsyncIterator[Clients]:
    """The clients, closed at the end of the block. Simulators are told the time of `clock`: a test desk's is moved."""
    async with AsyncExitStack() as stack:
        by_code: dict[str, Registry] = {
            each.code: PeopleRegistry(each.name_en, SETTLES_WITHIN_S) for each in REGISTRIES
        }
        for code, url in automatic_registries(settings).items():
            registry = SimulatedRegistry(
                url,
                secret=settings.registry_secret,
                timeouts=_timeouts(settings.registry_timeout_s),
                settles_within_s=settings.registry_settles_within_s,
                clock=clock,
            )
            stack.push_async_callback(registry.aclose)
            by_code[code] = registry
        if settings.isometric_url:
            isometric = _isometric(settings)
            stack.push_async_callback(isometric.aclose)
            by_code["isometric"] = isometric
        if settings.gold_standard_url:
            gold_standard = GoldStandardRegistry(
                settings.gold_standard_url,
                timeouts=_timeouts(settings.registry_timeout_s),
                settles_within_s=SETTLES_WITHIN_S,
            )
            stack.push_async_callback(gold_standard.aclose)
            by_code["gold_standard"] = gold_standard
        stripe = _stripe(settings)
        if stripe is not None:
            stack.push_async_callback(stripe.aclose)
        yield Clients(Registries(by_code), TypstDocuments(), ObjectFiles(settings.files_url), stripe)


def automatic_registries(settings: Settings) -> dict[str, str]:
    """The registries that a program works, by code, with their addresses."""
    return dict(pair.split("=", 1) for pair in settings.registries.split())


def _isometric(settings: Settings) -> IsometricRegistry:
    """The account at Isometric; outside of a live desk it is one of the sandbox, where nothing real is retired."""
    account = Account(
        credentials=Credentials(
            client_secret=settings.isometric_client_secret, access_token=settings.isometric_access_token
        ),
        organisation_id=settings.isometric_organisation_id,
        supplier_id=settings.isometric_supplier_id,
        beneficiary_domain=settings.isometric_beneficiary_domain,
        simulated=settings.mode != "live",
    )
    return IsometricRegistry(
        settings.isometric_url.rstrip("/"),
        account=account,
        timeouts=_timeouts(settings.registry_timeout_s),
        settles_within_s=settings.registry_settles_within_s,
    )


def _stripe(settings: Settings) -> Stripe | None:
    if not settings.stripe_secret_key:
        return None
    from integrations.stripe.live import StripeLive  # noqa: PLC0415 - its library takes a second to import.

    return StripeLive(
        settings.stripe_url,
        secret_key=settings.stripe_secret_key,
        timeouts=_timeouts(settings.stripe_timeout_s),
        request_id=current_request_id.get,
    )


def webhook_secrets_of(settings: Settings) -> WebhookSecrets:
    """With what Stripe signs what it sends here."""
    return WebhookSecrets(
        ours=tuple(settings.stripe_webhook_secrets.split()),
        connected=tuple(settings.stripe_connect_webhook_secrets.split()),
        livemode=settings.mode == "live",
    )


def card_fields_of(settings: Settings) -> CardFields:
    """What storefronts need for Stripe's own fields."""
    return CardFields(settings.stripe_publishable_key or None)


def terms_of(settings: Settings) -> Terms:
    """The numbers that flows trade by."""
    return Terms(
        tax_basis_points=settings.tax_basis_points,
        payment_deadline=timedelta(hours=settings.payment_deadline_h),
        quote_valid=timedelta(minutes=settings.quote_valid_min),
        unpaid_cap=settings.unpaid_cap,
        idempotency_lease=timedelta(seconds=settings.idempotency_lease_s),
        absent_after=timedelta(seconds=settings.absent_after_s),
        simulated_allowed=settings.mode != "live",
        mode="live" if settings.mode == "live" else "test",
        base_url=settings.base_url.rstrip("/"),
        issuer_name=settings.issuer_name,
        card_hold=timedelta(days=settings.card_hold_days),
        card_hold_elevated=timedelta(days=settings.card_hold_elevated_days),
        sandbox=settings.mode == SANDBOX,
    )


def _timeouts(total_s: int) -> Timeouts:
    part_s = total_s / 2
    return Timeouts(connect_s=part_s, read_s=total_s, write_s=part_s, pool_s=part_s, total_s=total_s)
