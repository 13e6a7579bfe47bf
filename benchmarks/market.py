"""On which market are orders measured? 50 buyers with keys, 20 providers, 1,000 confirmed lots with an open listing."""

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg

from app.core.ids import new_id, public_id
from app.core.scope import DESK_ID
from app.core.security import KEY_RANDOM_BYTES, credential_hash, make_api_key

BUYERS, PROVIDERS, LOTS = 50, 20, 1000
FREE = 10**9


@dataclass(frozen=True)
class Market:
    """What the load needs to know."""

    buyers: list[tuple[UUID, str]]
    """(organisation, API key)."""
    listings: list[str]


async def build(url: str) -> Market:
    """Fill a migrated, empty database, as its owner."""
    now = datetime.now(UTC)
    db = await asyncpg.connect(url)
    await db.execute(
        "insert into registry values ('jcredit', 'J-クレジット', 'J-Credit', 't', 'https://example.test', 'bench')"
    )
    project_id = new_id()
    await db.execute(
        "insert into project (id, registry_code, list_kind, number, kind, operator_name, summary, location, regions, ends_text,"
        " source, loaded_at) values ($1, 'jcredit', 'jcredit_normal', '1', 'normal', 'o', 's', 'l', '{}', '', 'bench', $2)",
        project_id, now,
    )  # fmt: skip
    providers = [new_id() for _ in range(PROVIDERS)]
    buyers = [(new_id(), f"key-{n}") for n in range(BUYERS)]
    await _organisation(db, DESK_ID, "operator", None, now)
    for org_id in providers:
        await _organisation(db, org_id, "provider", "use", now)
    keyed = []
    for org_id, _ in buyers:
        member_id = await _organisation(db, org_id, "buyer", None, now)
        key = make_api_key("live", random=secrets.token_bytes(KEY_RANDOM_BYTES)).text
        await db.execute(
            "insert into api_key (org_id, id, hash, shown, name, scopes, created_by, created_at)"
            " values ($1, $2, $3, 'shown', 'bench', '{read,orders:write}', $4, $5)",
            org_id, new_id(), credential_hash(key), member_id, now,
        )  # fmt: skip
        await db.execute("insert into buyer_exposure values ($1, 0, $2)", org_id, 10**15)
        keyed.append((org_id, key))
    listings = await _lots(db, providers, project_id, now)
    await db.execute("analyze")
    await db.close()
    return Market(keyed, listings)


async def _organisation(
    db: asyncpg.Connection, org_id: UUID, kind: str, provider_kind: str | None, now: datetime
) -> UUID:
    await db.execute(
        "insert into organisation (org_id, kind, name, provider_kind, status, created_at)"
        " values ($1, $2, $3, $4, 'active', $5)",
        org_id, kind, f"{kind} {org_id}", provider_kind, now,
    )  # fmt: skip
    member_id = new_id()
    await db.execute(
        "insert into member (org_id, id, email, email_folded, name, role, password_hash, created_at)"
        " values ($1, $2, $3, $3, 'bench', 'owner', '', $4)",
        org_id, member_id, f"{member_id}@example.test", now,
    )  # fmt: skip
    return member_id


async def _lots(db: asyncpg.Connection, providers: list[UUID], project_id: UUID, now: datetime) -> list[str]:
    day = date(2026, 4, 1)
    accounts = {provider: new_id() for provider in providers}
    for provider, account in accounts.items():
        await db.execute(
            "insert into registry_account (org_id, id, registry_code, account_no, holder_name, created_at)"
            " values ($1, $2, 'jcredit', '1', 'bench', $3)", provider, account, now,
        )  # fmt: skip
    listings = []
    for n in range(LOTS):
        provider, lot, listing, issuance = providers[n % PROVIDERS], new_id(), new_id(), new_id()
        await db.execute(
            "insert into issuance values ($1, 'jcredit', $2, $3, $4, $4, 't', $5)",
            issuance,
            f"c{n}",
            project_id,
            day,
            now,
        )
        await db.execute(
            "insert into lot (org_id, id, registry_code, registry_account_id, project_id, issuance_id, certification_no,"
            " serial_prefix, serial_first, serial_last, series_key, lo, hi, unit, vintage_from, vintage_to, status,"
            " confirmed_at, confirmed_as_of, created_at)"
            " values ($1, $2, 'jcredit', $3, $4, $5, $6, '', '1', '2', $6, 0, $7, 't', $8, $8, 'confirmed', $9, $8, $9)",
            provider, lot, accounts[provider], project_id, issuance, f"c{n}", FREE, day, now,
        )  # fmt: skip
        await db.execute("insert into lot_stock values ($1, $2, $3, $3, 0, 0, 0, 0, $3, true)", lot, provider, FREE)
        await db.execute(
            "insert into listing (org_id, id, lot_id, price_minor, currency, min_quantity, status, published_at)"
            " values ($1, $2, $3, $4, 'JPY', 1, 'open', $5)", provider, listing, lot, 1000 + n, now,
        )  # fmt: skip
        await db.execute(
            "insert into public_listing values ($1, $2, 'p', $3, 'jcredit', $4, 'jcredit_normal', '1', 'normal', 's', 'o',"
            " 'l', '{}', '{}', $5, $5, 't', $6, 'JPY', 1, $5, $7, 1)",
            listing, provider, lot, project_id, day, 1000 + n, now,
        )  # fmt: skip
        listings.append(public_id("lst", listing))
    return listings
