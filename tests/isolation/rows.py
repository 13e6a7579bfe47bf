"""What stands in the database, whose is it, and by which ids is it known outside? Read past every policy."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

import app.tables  # noqa: F401 - completes the metadata.
from app.core.db import Table
from app.core.ids import read_public_id

OWNED = sorted(name for name, table in Table.metadata.tables.items() if "org_id" in table.c)
"""Tables with rows of organisations."""
OPEN = (
    "registry", "project", "project_methodology", "issuance", "public_listing", "public_certificate",
    "region", "prefecture", "methodology", "project_member", "fact", "registry_rule",
    "public_price", "daily_price", "project_words", "listing_term", "project_twin", "compared_account", "compared_except",
)  # fmt: skip
"""Tables that anybody may read on purpose; a test holds them to what migrations grant."""
MACHINERY = ("job", "schedule", "event_seal", "test_clock", "listing_news", "rate_window", "news_batch")

WITH_DESK = ("org_id", "desk_id")
WITH_FRONT = ("org_id", "desk_id", "storefront_owner_id")
TWO = ("org_id", "provider_id")
WITH_PARTIES = ("org_id", "party_ids")
MONEY = ("org_id", "counterparty_id")


@dataclass(frozen=True)
class Parties:
    """The rule of one table: whose rows they are (any of them reads), and who must all be named to add or change one."""

    read: tuple[str, ...]
    add: tuple[str, ...]
    change: tuple[str, ...]


OWN = ("org_id",)
ONE_PARTY = Parties(OWN, OWN, OWN)
RULES: Mapping[str, Parties] = {
    **{
        name: Parties(WITH_DESK, WITH_DESK, WITH_DESK)
        for name in (
            "registry_account",
            "lot",
            "lot_evidence",
            "payment",
            "orders",
            "storefront",
            "registry_statement",
            "discrepancy",
            "account_comparison",
            "reconciliation",
            "stripe_customer",
            "payment_attempt",
            "refund",
            "substitution",
            "payout_account",
            "connected_account",
            "earning",
            "payout",
            "payout_reversal",
            "provider_invoice_status",
            "credit_line",
            "credit_draw",
            "invoice_claim",
            "paper_correction",
        )
    },
    **{name: Parties(WITH_DESK, WITH_DESK, ()) for name in ("provider_terms", "payout_line", "paper", "paper_file")},
    "paper_counterparty": Parties(OWN, OWN, ()),
    "desk_profile": Parties(OWN, OWN, ()),
    "organisation": Parties(WITH_FRONT, WITH_FRONT, WITH_FRONT),
    **{
        name: Parties(TWO, TWO, TWO)
        for name in (
            *("order_line", "order_issuer", "holding", "serial_range", "retirement", "retirement_attempt"),
            *("refund_line", "refund_issuer", "substitution_line"),
        )
    },
    "registry_task": Parties(WITH_DESK, ("org_id", "buyer_id"), OWN),
    "notice_reading": Parties(WITH_DESK, OWN, ()),
    "retirement_mandate": Parties(TWO, TWO, ()),
    "holder_consent": Parties(OWN, OWN, ()),
    "limited_listing": Parties(("org_id", "audience_ids"), OWN, OWN),
    "listing_price": Parties(OWN, OWN, ()),
    "listing_terms": Parties(OWN, OWN, ()),
    "ledger_balance": Parties(OWN, OWN, ()),
    "event": Parties(WITH_PARTIES, WITH_PARTIES, ()),
    "posting": Parties(MONEY, MONEY, ()),
    "virtual_account": Parties(("org_id", "payer_id"), OWN, OWN),
    "payer_name": Parties(OWN, OWN, ()),
    "own_payer_name": Parties(WITH_DESK, WITH_DESK, ()),
}
"""All tables that are not of one party alone. What happened, what was asked and agreed, and money that moved, is never changed."""

ID_OF = {
    "org": ("organisation", "org_id"), "mem": ("member", "id"), "key": ("api_key", "id"), "imp": ("holdings_import", "id"),
    "acc": ("registry_account", "id"), "lot": ("lot", "id"), "evd": ("lot_evidence", "id"), "lst": ("listing", "id"),
    "qte": ("quote", "id"), "ord": ("orders", "id"), "hld": ("holding", "id"), "bnk": ("bank_line", "id"),
    "ret": ("retirement", "id"), "tsk": ("registry_task", "id"), "crt": ("certificate", "id"), "prj": ("project", "id"),
    "ssr": ("saved_search", "id"), "ntc": ("notice", "id"),
    "fct": ("fact", "id"), "pmb": ("project_member", "id"),
    "dsp": ("lot_dispute", "id"), "job": ("long_job", "id"), "cas": ("retirement_case", "id"),
    "stm": ("registry_statement", "id"), "dcy": ("discrepancy", "id"), "rcn": ("reconciliation", "id"),
    "pyo": ("payout", "id"), "pfl": ("payout_file", "id"), "pac": ("payout_account", "id"), "ern": ("earning", "id"),
    "cmr": ("commission_rate", "id"), "spo": ("stripe_payout", "id"), "ptm": ("provider_terms", "id"),
    "prv": ("payout_reversal", "id"), "sac": ("connected_account", "id"),
    "sfr": ("storefront", "id"), "pbk": ("storefront_key", "id"), "cns": ("storefront_consent", "id"),
    "pat": ("payment_attempt", "id"), "rfd": ("refund", "id"), "sub": ("substitution", "id"), "pdp": ("dispute", "id"),
    "pap": ("paper", "id"), "pcr": ("paper_correction", "id"),
    "lrt": ("line_return", "id"), "pnm": ("own_payer_name", "id"),
    "cls": ("ledger_close", "id"), "mdf": ("money_difference", "id"), "pst": ("posting", "id"),
}  # fmt: skip
"""Which rows a public id of each prefix names."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_PUBLIC_ID = re.compile(r"\b([a-z]{3})_([0-9a-hjkmnp-tv-z]{26})\b")

Row = dict[str, Any]


def rule_of(table: str) -> Parties:
    """Who reads and writes the rows of a table."""
    return RULES.get(table, ONE_PARTY)


def holders(row: Row, columns: Iterable[str]) -> frozenset[UUID]:
    """The organisations that these columns of a row name."""
    found: set[UUID] = set()
    for column in columns:
        value = row[column]
        found.update(UUID(each) for each in (value if isinstance(value, list) else [value]) if each is not None)
    return frozenset(found)


async def all_rows(owner: asyncpg.Connection, table: str) -> list[Row]:
    """Every row of a table as plain values."""
    found = await owner.fetch(f'select to_jsonb(t)::text as row from "{table}" t')
    return [msgspec.json.decode(each["row"]) for each in found]


async def mentions(owner: asyncpg.Connection, org_ids: Iterable[UUID]) -> frozenset[str]:
    """Every row of every table that names one of these organisations anywhere, as text."""
    wanted = "|".join(map(str, org_ids))
    tables = [*OWNED, *OPEN[4:], *MACHINERY]
    parts = [f"select '{name} ' || to_jsonb(t)::text as row from \"{name}\" t" for name in tables]
    found = await owner.fetch(f"select row from ({' union all '.join(parts)}) all_of_it where row ~ $1", wanted)
    return frozenset(each["row"] for each in found)


def _may_order_from(row: Row, buyers: Mapping[str, set[UUID]]) -> frozenset[UUID]:
    """Whose a storefront's quote is besides its owner's: any buyer of the storefront may order from it."""
    is_such_a_quote = "expires_at" in row and "total_minor" in row and row["storefront_id"] is not None
    return frozenset(buyers[row["storefront_id"]]) if is_such_a_quote else frozenset()


async def _told_through_storefronts(owner: asyncpg.Connection) -> dict[UUID, set[UUID]]:
    """What is told beyond the rows themselves: to a page (known by its storefront) that and its quotes; to the
    storefront's owner the ids of orders placed through it."""
    told: defaultdict[UUID, set[UUID]] = defaultdict(set)
    owners = {}
    for row in await all_rows(owner, "storefront"):
        owners[row["id"]] = UUID(row["org_id"])
        told[UUID(row["id"])] |= {UUID(row["id"])}
    for row in await all_rows(owner, "quote"):
        if row["storefront_id"]:
            told[UUID(row["storefront_id"])].add(UUID(row["id"]))
    for row in await all_rows(owner, "event"):
        if row["actor_kind"] == "storefront":  # A page is told the ids of its own requests.
            told[UUID(row["storefront_id"])] |= ids_in(row["request_id"])
    for row in await all_rows(owner, "orders"):
        if row["storefront_id"]:
            told[owners[row["storefront_id"]]].add(UUID(row["id"]))
    return told


def ids_in(text: str) -> set[UUID]:
    """Every id in a text, written as a UUID or as callers see it."""
    written = {read_public_id(prefix, f"{prefix}_{body}") for prefix, body in _PUBLIC_ID.findall(text)}
    return {UUID(each) for each in _UUID.findall(text)} | {each for each in written if each is not None}


@dataclass(frozen=True)
class Book:
    """Whose is which id, read once when the scene was finished."""

    by_prefix: dict[str, list[tuple[UUID, frozenset[UUID], bool]]]
    """prefix -> (id, the organisation that it belongs to, whether anybody may know it)."""
    everything: frozenset[UUID]
    open: frozenset[UUID]
    known: dict[UUID, frozenset[UUID]]
    """organisation -> the ids in rows of which it is a party."""
    samples: list[tuple[UUID, frozenset[UUID]]]
    """Some ids out of each column of each table, with the parties of their row."""

    def hidden_from(self, org_id: UUID | None) -> frozenset[UUID]:
        """The ids that this organisation, or nobody in particular, must never be told."""
        return self.everything - self.open - (self.known[org_id] if org_id else frozenset())


async def read_book(owner: asyncpg.Connection) -> Book:
    """Take down every id of the scene."""
    open_ids, everything, samples = set[UUID](), set[UUID](), []
    known: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for table in OPEN:
        open_ids |= ids_in(msgspec.json.encode(await all_rows(owner, table)).decode())
    sampled: set[UUID] = set()
    for table in MACHINERY:
        everything |= ids_in(msgspec.json.encode(await all_rows(owner, table)).decode())
    for table in OWNED:
        taken: defaultdict[str, int] = defaultdict(int)
        for row in await all_rows(owner, table):
            parties = holders(row, rule_of(table).read)
            found = ids_in(msgspec.json.encode(row).decode())
            everything |= found
            for party in parties:
                known[party] |= found
            for column, value in row.items():
                if (
                    isinstance(value, str)
                    and _UUID.fullmatch(value)
                    and taken[column] < 4
                    and UUID(value) not in sampled
                ):
                    taken[column] += 1
                    sampled.add(UUID(value))
                    samples.append((UUID(value), parties))
    for storefront, told in (await _told_through_storefronts(owner)).items():
        known[storefront] |= told
    buyers: defaultdict[str, set[UUID]] = defaultdict(set)
    for row in await all_rows(owner, "organisation"):
        buyers[row["storefront_id"]].add(UUID(row["org_id"]))
    for row in await all_rows(owner, "quote"):
        for buyer in _may_order_from(row, buyers):  # A page hands its quote's id to whoever buys on it.
            known[buyer].add(UUID(row["id"]))
    by_prefix = {}
    for prefix, (table, column) in ID_OF.items():
        rows = await all_rows(owner, table)
        whose = ["org_id"] if table in OWNED else []
        whose += ["audience_ids"] if table == "listing" else []  # It is no stranger's to whom it is offered.
        by_prefix[prefix] = [
            (UUID(row[column]), holders(row, whose) | _may_order_from(row, buyers), UUID(row[column]) in open_ids)
            for row in rows
        ]
    return Book(
        by_prefix, frozenset(everything), frozenset(open_ids), {k: frozenset(v) for k, v in known.items()}, samples
    )
