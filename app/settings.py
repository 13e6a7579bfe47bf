"""What does this installation need to know? Read from the environment once, by those who assemble the program."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

PREFIX = "OFFSETDESK_"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every setting with its default. The environment variable is the name in capitals after OFFSETDESK_."""

    database_url: str
    """PostgreSQL 15 or newer, as the owner of the tables: postgresql://…"""
    secret: str
    """Signs cursors; at least 32 characters. Every API process needs the same one."""
    files_url: str
    """Where documents are kept: file:///folder or s3://bucket."""
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
    limit_public: int = 0
    """Requests that a stranger's address may make in a minute, over all processes; 0 is no limit, here and below."""
    limit_reads: int = 0
    """GETs of one key or session in a minute."""
    limit_writes: int = 0
    """Changes of one key or session in a minute."""
    limit_uploads: int = 0
    """Files of one key or session in a minute."""
    limit_sign_in: int = 0
    """Sign-ins and sign-ups from one address in a minute."""
    trusted_proxies: str = "127.0.0.1,::1"
    """Addresses or networks, separated by commas, whose X-Forwarded-For and -Proto are believed."""
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
    return wrong


def default_state_folder(clone: Path) -> Path:
    """Where a first run keeps its files when nothing else is said."""
    return clone / ".state"


def read_database_url(environment: Mapping[str, str] = os.environ) -> str:
    """The one setting that migrations need. Raises SystemExit when it is missing."""
    url = environment.get(f"{PREFIX}DATABASE_URL", "")
    if not url:
        raise SystemExit(f"{PREFIX}DATABASE_URL must be set")
    return url
