"""What does this installation need to know? Read from the environment once, by those who assemble the program."""

import hmac
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

PREFIX = "OFFSETDESK_"
SANDBOX_PATH: Final = "/sandbox"
"""Where a live desk serves its sandbox."""
SANDBOX: Final = "sandbox"
"""The mode of a sandbox beside a live desk. Nobody sets it: `sandbox_of` does."""
BY_PEOPLE: Final = "people"
_ISOMETRIC_REAL: Final = "api.isometric.com"
_ISOMETRIC_SANDBOX: Final = "api.sandbox.isometric.com"
"""The two servers that its published document names."""
_STRIPE_TIMEOUT_MAX_S: Final = 20
_ISOMETRIC_MAY_LACK: Final = frozenset({"isometric_supplier_id", "isometric_beneficiary_domain"})


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every setting with its default. The environment variable is the name in capitals after OFFSETDESK_."""

    database_url: str
    """PostgreSQL 15 or newer, as the owner of the tables: postgresql://…"""
    secret: str
    """Signs cursors; at least 32 characters. Every API process needs the same one."""
    files_url: str
    """Where documents are kept: file:///folder or s3://bucket."""
    sandbox_database_url: str = ""
    """A second database, for the sandbox that a live desk serves under /sandbox and to `od_test_` keys; empty: none."""
    sandbox_files_url: str = ""
    """Where the sandbox keeps its documents."""
    sandbox_registries: str = ""
    """As `registries`, for the sandbox; empty: its worker runs a simulator of its own; `people`: all worked by people."""
    mode: str = "live"
    """`live` or `test`: the kind of API key that is made, and whether a registry may be a simulator."""
    base_url: str = "http://127.0.0.1:8000"
    """How the public reaches this desk: printed in certificates and problems."""
    issuer_name: str = "Offset Desk"
    """Who issues certificates."""
    broker_url: str = ""
    """amqp://… scales workers out; empty: the worker runs due jobs in its own process."""
    registries: str = ""
    """Registries that a simulator stands for, `code=url` separated by spaces (test mode); others are worked by people."""
    registry_secret: str = ""
    registry_timeout_s: int = 10
    """The longest that one call to a registry may take; under a third of a job's lease."""
    registry_settles_within_s: int = 60
    """The longest between a registry's acceptance and its own list showing the record."""
    isometric_url: str = ""
    """Isometric's API of the account below, https://api.isometric.com/registry/v0; empty: people work that registry."""
    isometric_client_secret: str = ""
    isometric_access_token: str = ""
    isometric_organisation_id: str = ""
    """The organisation whose credits are retired: org_…"""
    isometric_supplier_id: str = ""
    """Whose oldest credits are taken for a retirement that names no serials: spl_…; empty: none is."""
    isometric_beneficiary_domain: str = ""
    """A domain of the desk's, under which new beneficiaries get the one that Isometric wants; empty: none is made."""
    gold_standard_url: str = ""
    """Gold Standard's public list, https://public-api.goldstandard.org; empty: it is not read."""
    stripe_url: str = "https://api.stripe.com"
    stripe_secret_key: str = ""
    """Of the desk's account at Stripe, sk_… or rk_…; empty: the desk takes bank transfers alone."""
    stripe_publishable_key: str = ""
    """pk_…, for the fields that storefronts show for cards; empty: cards are paid on Stripe's own page."""
    stripe_webhook_secrets: str = ""
    """With what Stripe signs the events of the desk's account, whsec_…, the newest first, separated by spaces."""
    stripe_connect_webhook_secrets: str = ""
    """The same for events of providers' accounts that are connected to it."""
    stripe_timeout_s: int = 15
    """The longest that one call to Stripe may take; at most 20, and under a third of a job's lease."""
    card_hold_days: int = 7
    """How long a card payment is waited for before credits that it paid are invalidated and providers are paid."""
    card_hold_elevated_days: int = 30
    """The same for cards of elevated risk, or whose risk is not known."""
    sandbox_stripe_secret_key: str = ""
    sandbox_stripe_publishable_key: str = ""
    sandbox_stripe_webhook_secrets: str = ""
    sandbox_stripe_connect_webhook_secrets: str = ""
    """The account's test mode, for the sandbox."""
    absent_after_s: int = 900
    """The least time between the two empty look-ups that prove a retirement absent."""
    pool_size: int = 10
    worker_threads: int = 8
    poll_ms: int = 200
    lease_s: int = 60
    sweep_interval_s: int = 60
    job_attempts_max: int = 25
    payment_deadline_h: int = 168
    quote_valid_min: int = 30
    unpaid_cap: int = 50_000
    """The most tonnes that a new buyer may reserve without having paid."""
    tax_basis_points: int = 1_000
    """Consumption tax: 10 %."""
    idempotency_lease_s: int = 30
    shared_answers_ms: int = 1_000
    """How long a public search's answer may be shared by its readers; 0: each is answered anew."""
    rate_public_per_min: int = 600
    """Requests a minute from one address to routes that take no caller; 0: no limit."""
    rate_sign_in_per_min: int = 20
    """Sign-ins, sign-ups and refused credentials a minute from one address; 0: no limit."""
    rate_calls_per_min: int = 1_200
    """Requests a minute of one API key or member; 0: no limit."""
    trusted_proxies: str = "127.0.0.1,::1"
    """Addresses or networks, separated by commas, whose X-Forwarded-For is believed."""
    log_level: str = "INFO"
    host: str = "127.0.0.1"
    port: int = 8000


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from OFFSETDESK_… variables. Raises SystemExit naming every variable that is missing or wrong."""
    given = {name.removeprefix(PREFIX).lower(): value for name, value in environment.items() if name.startswith(PREFIX)}
    known = {field.encode_name: field for field in msgspec.structs.fields(Settings)}
    wrong = [f"{PREFIX}{name.upper()} is not a setting" for name in given if name not in known]
    wrong += [
        f"{PREFIX}{name.upper()} must be set" for name, field in known.items() if field.required and not given.get(name)
    ]
    if not wrong:
        try:
            settings = msgspec.convert(given, Settings, strict=False)
        except msgspec.ValidationError as error:
            wrong = [f"a setting has the wrong form: {error}"]
        else:
            wrong = list(_contradictions(settings))
            if not wrong:
                return settings
    raise SystemExit("Offset Desk cannot start:\n  " + "\n  ".join(wrong))


def _contradictions(settings: Settings) -> list[str]:
    wrong = []
    if len(settings.secret) < 32:
        wrong.append(f"{PREFIX}SECRET must have at least 32 characters")
    if settings.mode not in ("live", "test"):
        wrong.append(f"{PREFIX}MODE must be live or test")
    if settings.mode == "live" and settings.registries:
        wrong.append(f"{PREFIX}REGISTRIES names simulators: a live desk has none")
    if settings.registry_timeout_s * 3 >= settings.lease_s:
        wrong.append(f"{PREFIX}REGISTRY_TIMEOUT_S must be under a third of {PREFIX}LEASE_S")
    wrong += _wrong_isometric(settings)
    wrong += _wrong_stripe(settings)
    if settings.sandbox_database_url:
        wrong += _wrong_sandbox(settings)
    return wrong


def _wrong_isometric(settings: Settings) -> list[str]:
    """What would leave an account half set up, or let a test desk retire real credits and a live one unreal ones."""
    given = {field.name: getattr(settings, field.name) for field in msgspec.structs.fields(settings)}
    ours = {name: value for name, value in given.items() if name.startswith("isometric_")}
    if not any(ours.values()):
        return []
    wrong = [
        f"{PREFIX}{name.upper()} must be set: Isometric is set up by half"
        for name, value in ours.items()
        if not value and name not in _ISOMETRIC_MAY_LACK
    ]
    host = urlsplit(settings.isometric_url).hostname
    if host == _ISOMETRIC_REAL and settings.mode != "live":
        wrong.append(f"{PREFIX}ISOMETRIC_URL is where real credits are retired: a test desk works with the sandbox")
    if host == _ISOMETRIC_SANDBOX and settings.mode == "live":
        wrong.append(f"{PREFIX}ISOMETRIC_URL is a sandbox, where nothing real is retired: a live desk has none")
    if settings.isometric_url.startswith("http://") and settings.mode == "live":
        wrong.append(f"{PREFIX}ISOMETRIC_URL must be https://: secrets go there")
    if any(pair.startswith("isometric=") for pair in settings.registries.split()):
        wrong.append(f"{PREFIX}REGISTRIES and {PREFIX}ISOMETRIC_URL both stand for Isometric")
    return wrong


def _wrong_stripe(settings: Settings) -> list[str]:
    """What would let a test desk move real money and a live one play money, or a call outlive its job's lease."""
    wrong = []
    live = settings.mode == "live"
    for name, key, is_live in (
        ("STRIPE_SECRET_KEY", settings.stripe_secret_key, live),
        ("STRIPE_PUBLISHABLE_KEY", settings.stripe_publishable_key, live),
        ("SANDBOX_STRIPE_SECRET_KEY", settings.sandbox_stripe_secret_key, False),
        ("SANDBOX_STRIPE_PUBLISHABLE_KEY", settings.sandbox_stripe_publishable_key, False),
    ):
        if key and key.split("_")[1:2] != ["live" if is_live else "test"]:
            wrong.append(f"{PREFIX}{name} must be a key of Stripe's {'live' if is_live else 'test'} mode here")
    if not 1 <= settings.stripe_timeout_s <= _STRIPE_TIMEOUT_MAX_S or settings.stripe_timeout_s * 3 >= settings.lease_s:
        wrong.append(f"{PREFIX}STRIPE_TIMEOUT_S must be 1 to 20 and under a third of {PREFIX}LEASE_S")
    if live and settings.stripe_secret_key and not settings.stripe_url.startswith("https://"):
        wrong.append(f"{PREFIX}STRIPE_URL must be https://: secrets go there")
    if settings.card_hold_days < 0 or settings.card_hold_elevated_days < settings.card_hold_days:
        wrong.append(f"{PREFIX}CARD_HOLD_ELEVATED_DAYS must be at least {PREFIX}CARD_HOLD_DAYS, and neither below 0")
    return wrong


def _wrong_sandbox(settings: Settings) -> list[str]:
    """What would let rows, files or simulators of the sandbox and of the live desk meet."""
    wrong = []
    if settings.mode != "live":
        wrong.append(f"{PREFIX}SANDBOX_DATABASE_URL stands beside a live desk: a test desk needs no sandbox")
    if _place_of(settings.sandbox_database_url) == _place_of(settings.database_url):
        wrong.append(f"{PREFIX}SANDBOX_DATABASE_URL must be another database than {PREFIX}DATABASE_URL")
    if not settings.sandbox_files_url:
        wrong.append(f"{PREFIX}SANDBOX_FILES_URL must be set")
    elif _place_of(settings.sandbox_files_url) == _place_of(settings.files_url):
        wrong.append(f"{PREFIX}SANDBOX_FILES_URL must be another place than {PREFIX}FILES_URL")
    if not settings.sandbox_registries and not settings.sandbox_files_url.startswith("file://"):
        wrong.append(f"{PREFIX}SANDBOX_REGISTRIES must be set: a simulator of our own keeps its book in a folder")
    return wrong


def _place_of(url: str) -> tuple[str | None, int | None, str]:
    """Host, port and path: what makes two addresses the same place, whoever asks and however."""
    pieces = urlsplit(url)
    return pieces.hostname, pieces.port, pieces.path.rstrip("/")


def sandbox_of(settings: Settings) -> Settings | None:
    """The settings of the sandbox beside a live desk: a test desk of its own; None when there is none.

    Its secret is made from the live one, so that a cursor of one desk is no cursor of the other.
    """
    if not settings.sandbox_database_url:
        return None
    by_people = settings.sandbox_registries == BY_PEOPLE
    return msgspec.structs.replace(
        settings,
        database_url=settings.sandbox_database_url,
        files_url=settings.sandbox_files_url,
        registries="" if by_people else settings.sandbox_registries,
        secret=hmac.new(settings.secret.encode(), b"sandbox", "sha256").hexdigest(),
        mode=SANDBOX,
        base_url=settings.base_url.rstrip("/") + SANDBOX_PATH,
        issuer_name=f"{settings.issuer_name} (sandbox)",
        isometric_url="",  # Nothing that is done in a sandbox may be real.
        isometric_client_secret="",
        isometric_access_token="",
        isometric_organisation_id="",
        isometric_supplier_id="",
        isometric_beneficiary_domain="",
        gold_standard_url="",
        stripe_secret_key=settings.sandbox_stripe_secret_key,
        stripe_publishable_key=settings.sandbox_stripe_publishable_key,
        stripe_webhook_secrets=settings.sandbox_stripe_webhook_secrets,
        stripe_connect_webhook_secrets=settings.sandbox_stripe_connect_webhook_secrets,
        sandbox_database_url="",
        sandbox_files_url="",
    )


def default_state_folder(clone: Path) -> Path:
    """Where a first run keeps its files when nothing else is said."""
    return clone / ".state"


def read_database_url(environment: Mapping[str, str] = os.environ) -> str:
    """The one setting that migrations need. Raises SystemExit when it is missing."""
    url = environment.get(f"{PREFIX}DATABASE_URL", "")
    if not url:
        raise SystemExit(f"{PREFIX}DATABASE_URL must be set")
    return url


def read_sandbox_database_url(environment: Mapping[str, str] = os.environ) -> str:
    """The sandbox's database; empty when there is none."""
    return environment.get(f"{PREFIX}SANDBOX_DATABASE_URL", "")
