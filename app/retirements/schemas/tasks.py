"""What do a provider's people say about registry tasks, and what do they see?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from app.core.ids import public_id
from app.retirements.models import RegistryTask
from app.retirements.operations import CLAIMS_MAX
from app.retirements.rules.registry_rules import Mode


class ExecutedIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the registry showed when the task was carried out; the day is the registry's own."""

    registry_transaction: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    recorded_on: date


class NothingIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An empty object."""


class ModeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How credits are named at the registry: by total quantity (総量指定) or by serial (シリアル番号指定)."""

    mode: Mode


class PrecheckIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tasks that stand on one pre-check sheet."""

    task_ids: Annotated[list[Annotated[str, msgspec.Meta(max_length=40)]], msgspec.Meta(min_length=1, max_length=500)]


class PrecheckAnswerIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the registry's office said of the sheet, in your words."""

    answer: Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class PrecheckOut(msgspec.Struct, frozen=True):
    """Who had the registry's office look at the sheet first (無効化事前確認), and what it said."""

    requested_by: str | None
    requested_at: datetime | None
    answered_by: str | None
    answered_at: datetime | None
    answer: str | None

    @classmethod
    def of(cls, row: RegistryTask) -> "PrecheckOut":
        """The task's pre-check."""
        return cls(
            _person(row.precheck_requested_by),
            row.precheck_requested_at,
            _person(row.precheck_answered_by),
            row.precheck_answered_at,
            row.precheck_answer,
        )


class FieldOut(msgspec.Struct, frozen=True):
    """A field of the registry's screen, in its place: the exact text to copy, and its length as the registry counts.

    A label that is not `verified` was not read at the registry itself.
    """

    key: str
    label_ja: str
    label_en: str
    verified: bool
    copy: str
    length: int
    counted: str
    longest: int | None


class ClaimIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many tasks you want to have at once, and for which step: `open` are to be typed, `prepared` to be checked."""

    most: Annotated[int, msgspec.Meta(ge=1, le=CLAIMS_MAX)]
    status: Literal["open", "prepared"] = "open"


class TaskOut(msgspec.Struct, frozen=True):
    """A registry task. `sheet` is what is to be typed at the registry, word for word; `fields` the same, field by field."""

    id: str
    provider_id: str
    retirement_id: str
    registry: str
    sheet: dict[str, Any]
    status: str
    opened_at: datetime
    due_at: datetime | None
    mode: str
    fields: list[FieldOut]
    precheck: PrecheckOut
    claimed_by: str | None
    claimed_until: datetime | None
    maker_id: str | None
    prepared_at: datetime | None
    checker_id: str | None
    checked_at: datetime | None
    executed_at: datetime | None
    registry_transaction: str | None
    recorded_on: date | None
    notice_sha256: str | None
    notice_filename: str | None
    notice_state: str
    confirmed_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: RegistryTask) -> "TaskOut":
        """The task as its provider and the operator see it."""
        return cls(
            id=public_id("tsk", row.id),
            provider_id=public_id("org", row.org_id),
            retirement_id=public_id("ret", row.retirement_id),
            registry=row.registry_code,
            sheet={name: value for name, value in row.sheet.items() if name != "fields"},
            status=row.status,
            opened_at=row.opened_at,
            due_at=row.due_at,
            mode=row.mode,
            fields=msgspec.convert(row.sheet.get("fields", {}).get(row.mode, []), list[FieldOut]),
            precheck=PrecheckOut.of(row),
            claimed_by=_person(row.claimed_by),
            claimed_until=row.claimed_until,
            maker_id=_person(row.maker_id),
            prepared_at=row.prepared_at,
            checker_id=_person(row.checker_id),
            checked_at=row.checked_at,
            executed_at=row.executed_at,
            registry_transaction=row.registry_transaction,
            recorded_on=row.recorded_on,
            notice_sha256=row.notice_sha256,
            notice_filename=row.notice_filename,
            notice_state=row.notice_state,
            confirmed_at=row.confirmed_at,
            version=row.version,
        )


class ClaimedOut(msgspec.Struct, frozen=True):
    """The tasks that are yours now, what is due first comes first."""

    data: list[TaskOut]

    @classmethod
    def of(cls, rows: Sequence[RegistryTask]) -> "ClaimedOut":
        """All of them, in order."""
        return cls([TaskOut.of(row) for row in rows])


def _person(member_id: UUID | None) -> str | None:
    return None if member_id is None else public_id("mem", member_id)
