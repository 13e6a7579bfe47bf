"""Where is every serial? Lots and their stock on the provider's side, holdings and ranges once they are sold."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.columns import Big, DeskId, MaybeMoment, Moment, Version, one_of
from app.core.db import Table
from app.core.quantity import UNITS


class LotStatus(StrEnum):
    DECLARED = "declared"
    CONFIRMED = "confirmed"
    FROZEN = "frozen"
    DISPUTED = "disputed"
    EXHAUSTED = "exhausted"
    WITHDRAWN = "withdrawn"


class RangeStatus(StrEnum):
    """What becomes of a holding's serials."""

    HELD = "held"
    RETIRING = "retiring"
    RETIRED = "retired"


class LotRangeStatus(StrEnum):
    """What becomes of serials that were sold once and are the provider's again."""

    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class RegistryAccount(Table):
    """A provider's account at a registry: its own word until the operator has confirmed that it is the provider's."""

    __tablename__ = "registry_account"
    __table_args__ = (
        CheckConstraint(
            "num_nulls(confirmed_at, confirmed_by, confirmed_note, confirmed_no) in (0, 4)", name="confirmed_wholly"
        ),
        CheckConstraint("confirmed_at is null or org_id <> desk_id", name="confirmed_by_another"),
        Index("uq_registry_account_number", "org_id", "registry_code", "account_no", unique=True),
        Index(
            "uq_registry_account_confirmed",
            "registry_code",
            "confirmed_no",
            unique=True,
            postgresql_where=text("confirmed_at is not null"),
        ),
        Index("ix_registry_account_desk", "desk_id", "id"),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    registry_code: Mapped[str] = mapped_column(ForeignKey("registry.code"))
    account_no: Mapped[str]
    holder_name: Mapped[str]
    desk_id: Mapped[DeskId]
    confirmed_at: Mapped[MaybeMoment]
    confirmed_by: Mapped[UUID | None]
    confirmed_note: Mapped[str | None]
    """What the operator looked at."""
    confirmed_no: Mapped[str | None]
    """The number as it is compared (`rules.account_key`): at one registry it is confirmed for one provider at most."""
    created_at: Mapped[Moment]
    version: Mapped[Version]


class Lot(Table):
    """A provider's range of one issuance. Only a confirmed lot sells; its serials are nobody else's live lot."""

    __tablename__ = "lot"
    __table_args__ = (
        CheckConstraint(one_of("status", *LotStatus), name="status"),
        CheckConstraint(one_of("unit", *UNITS), name="unit"),
        CheckConstraint("lo < hi and lo >= 0", name="range"),
        CheckConstraint(
            "units_per_serial > 0 and lo % units_per_serial = 0 and hi % units_per_serial = 0", name="whole_serials"
        ),
        CheckConstraint("vintage_from <= vintage_to", name="vintage_in_order"),
        CheckConstraint(
            "status in ('declared', 'disputed', 'withdrawn') or (confirmed_at is not null and issuance_id is not null)",
            name="confirmed_before_use",
        ),
        ForeignKeyConstraint(["org_id", "registry_account_id"], ["registry_account.org_id", "registry_account.id"]),
        ExcludeConstraint(
            ("series_key", "="),
            (text("int8range(lo, hi)"), "&&"),
            where=text("status in ('confirmed', 'frozen', 'exhausted')"),
            name="one_live_lot_per_serial",
        ),
        ExcludeConstraint(
            ("org_id", "="),
            ("series_key", "="),
            (text("int8range(lo, hi)"), "&&"),
            where=text("status <> 'withdrawn'"),
            name="one_lot_per_serial_of_a_provider",
        ),
        # Under row-level security PostgreSQL uses no index for what it does not know to keep secrets (leakproof), and
        # ranges are such: overlaps are looked for by comparing numbers, provider by provider (`queries/overlaps.py`).
        Index("ix_lot_series", "series_key", "org_id", "lo", postgresql_where=text("status <> 'withdrawn'")),
        Index("ix_lot_created", "org_id", "registry_account_id", "created_at"),
        Index("ix_lot_withdrawn", "org_id", "registry_account_id", postgresql_where=text("status = 'withdrawn'")),
        Index(
            "ix_lot_unconfirmed",
            "org_id",
            "registry_account_id",
            postgresql_where=text("status in ('declared', 'disputed')"),
        ),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    registry_code: Mapped[str] = mapped_column(ForeignKey("registry.code"))
    registry_account_id: Mapped[UUID]
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    issuance_id: Mapped[UUID | None] = mapped_column(ForeignKey("issuance.id"))
    certification_no: Mapped[str]
    serial_prefix: Mapped[str]
    serial_first: Mapped[str]
    serial_last: Mapped[str]
    """The serials as the registry writes them; inclusive."""
    serial_text: Mapped[str] = mapped_column(server_default=text("''"))
    """The whole serial, to the character; "" where the file had prefix and numbers in cells of their own."""
    series_key: Mapped[str]
    lo: Mapped[Big]
    hi: Mapped[Big]
    """The same serials for arithmetic: half-open positions in the series, one for each unit (`rules/serials`)."""
    units_per_serial: Mapped[Big] = mapped_column(server_default=text("1"))
    quantity: Mapped[Big] = mapped_column(Computed("hi - lo", persisted=True))
    unit: Mapped[str]
    vintage_from: Mapped[date]
    vintage_to: Mapped[date]
    note: Mapped[str] = mapped_column(server_default=text("''"))
    energy: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Which energy the certificates are an attribute of (`rules.EnergyFacts`); null for other credits."""
    status: Mapped[LotStatus] = mapped_column(Text)
    confirmed_at: Mapped[MaybeMoment]
    confirmed_as_of: Mapped[date | None]
    """The day of the registry's statement that the evidence shows."""
    import_id: Mapped[UUID | None]
    created_at: Mapped[Moment]
    version: Mapped[Version]


class LotStock(Table):
    """How much of a lot is free, reserved, sold, withdrawn. The hot row: found by its key alone.

    Serials leave the contiguous part, from `next_lo` up to `end_hi`, at its lower end, so that carving is one addition
    however much was sold. Sold serials that came back (`returned`, of `free + reserved`) are ranges of their own outside of
    it. All else outside of it is sold or withdrawn: from `end_hi` up lies what was withdrawn, or changed places with sold
    serials because the registry had picked it (`operations/exchanging.py`).
    """

    __tablename__ = "lot_stock"
    __table_args__ = (
        CheckConstraint("free >= 0 and reserved >= 0 and sold >= 0 and withdrawn >= 0", name="never_below_zero"),
        CheckConstraint("returned >= 0 and returned <= free + reserved", name="returned_is_unsold"),
        CheckConstraint("imported = free + reserved + sold + withdrawn", name="adds_up"),
        CheckConstraint("next_lo + free + reserved - returned = end_hi", name="serials_left"),
        ForeignKeyConstraint(["org_id", "lot_id"], ["lot.org_id", "lot.id"]),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    lot_id: Mapped[UUID] = mapped_column(primary_key=True)
    org_id: Mapped[UUID]
    imported: Mapped[Big]
    free: Mapped[Big]
    reserved: Mapped[Big]
    sold: Mapped[Big]
    withdrawn: Mapped[Big]
    next_lo: Mapped[Big]
    end_hi: Mapped[Big]
    sellable: Mapped[bool]
    """Confirmed and neither frozen nor withdrawn: read under the lock that a reservation takes."""
    returned: Mapped[Big] = mapped_column(server_default=text("0"))


class LotEvidence(Table):
    """What a provider shows for a lot, and what the operator said of it."""

    __tablename__ = "lot_evidence"
    __table_args__ = (
        CheckConstraint(one_of("status", "submitted", "accepted", "rejected"), name="status"),
        ForeignKeyConstraint(["org_id", "lot_id"], ["lot.org_id", "lot.id"]),
        Index("ix_lot_evidence_desk", "desk_id", "status", "id"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    desk_id: Mapped[DeskId]
    lot_id: Mapped[UUID]
    file_key: Mapped[str]
    sha256: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[Big]
    as_of: Mapped[date]
    status: Mapped[str]
    submitted_by: Mapped[UUID]
    submitted_at: Mapped[Moment]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[MaybeMoment]
    decision_note: Mapped[str | None]


class Holding(Table):
    """Credits that a buyer owns and the provider keeps for it in the provider's registry account."""

    __tablename__ = "holding"
    __table_args__ = (
        CheckConstraint("held >= 0 and retiring >= 0 and retired >= 0", name="never_below_zero"),
        CheckConstraint("quantity = held + retiring + retired", name="adds_up"),
        ForeignKeyConstraint(["provider_id", "lot_id"], ["lot.org_id", "lot.id"]),
        Index("uq_holding_order_line", "org_id", "order_id", "line_n", unique=True),
        Index("ix_holding_provider", "provider_id", "lot_id"),
    )

    org_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.org_id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    order_id: Mapped[UUID]
    line_n: Mapped[int]
    quantity: Mapped[Big]
    held: Mapped[Big]
    retiring: Mapped[Big]
    retired: Mapped[Big]
    unit: Mapped[str]
    final_at: Mapped[MaybeMoment]
    """From when the money for it cannot be taken back; nothing of it goes to a registry before. Null: from the beginning."""
    blocked_at: Mapped[MaybeMoment]
    """Since when its payment is disputed, or waits for a person: nothing of it goes to a registry."""
    created_at: Mapped[Moment]
    version: Mapped[Version]


class SerialRange(Table):
    """Serials that have left a lot's contiguous part: whose they are and what became of them.

    What came back is the provider's own, and no holding's.
    """

    __tablename__ = "serial_range"
    __table_args__ = (
        CheckConstraint(one_of("status", *RangeStatus, *LotRangeStatus), name="status"),
        CheckConstraint("lo < hi", name="range"),
        CheckConstraint(
            "units_per_serial > 0 and lo % units_per_serial = 0 and hi % units_per_serial = 0", name="whole_serials"
        ),
        CheckConstraint(
            "(status in ('retiring', 'retired')) = (retirement_id is not null)", name="retirement_when_retiring"
        ),
        CheckConstraint(
            f"({one_of('status', *LotRangeStatus)}) = (holding_id is null)", name="holding_unless_given_back"
        ),
        CheckConstraint("holding_id is not null or org_id = provider_id", name="given_back_to_the_provider"),
        ForeignKeyConstraint(["org_id", "holding_id"], ["holding.org_id", "holding.id"]),
        ForeignKeyConstraint(["provider_id", "lot_id"], ["lot.org_id", "lot.id"]),
        ExcludeConstraint(("series_key", "="), (text("int8range(lo, hi)"), "&&"), name="one_place_per_serial"),
        Index("ix_serial_range_holding", "org_id", "holding_id", "lo"),
        Index("ix_serial_range_retirement", "org_id", "retirement_id"),
        Index("ix_serial_range_lot", "provider_id", "lot_id", "lo"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider_id: Mapped[UUID]
    lot_id: Mapped[UUID]
    holding_id: Mapped[UUID | None]
    """Null once the serials are the provider's again."""
    retirement_id: Mapped[UUID | None]
    series_key: Mapped[str]
    lo: Mapped[Big]
    hi: Mapped[Big]
    status: Mapped[RangeStatus | LotRangeStatus] = mapped_column(Text)
    units_per_serial: Mapped[Big] = mapped_column(server_default=text("1"))
    """Of its lot: no part of a serial number is anybody's."""
