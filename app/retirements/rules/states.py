"""Which states do a retirement, its sendings and its task go through, and which may follow which?"""

from datetime import date
from enum import StrEnum
from typing import Final


class RetirementStatus(StrEnum):
    DRAFT = "draft"
    SIGNED_OFF = "signed_off"
    QUEUED = "queued"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    MANUAL = "manual"
    """Looked up in vain, or recorded differently: two people decide."""
    RECORDED = "recorded"
    REJECTED = "rejected"
    CANCELED = "canceled"


class ShownStatus(StrEnum):
    """A retirement's status as callers see it: what is recorded and marked as reconciled is one more."""

    DRAFT = "draft"
    SIGNED_OFF = "signed_off"
    QUEUED = "queued"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    MANUAL = "manual"
    RECORDED = "recorded"
    RECONCILED = "reconciled"
    """Recorded, and a registry's statement has shown it in the same words."""
    REJECTED = "rejected"
    CANCELED = "canceled"


class AttemptStatus(StrEnum):
    COMMITTED = "committed"
    """Written down before the first byte was sent. After a crash it counts as sent."""
    RECORDED = "recorded"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    ABSENT = "absent"
    """Proven not to be at the registry: a new attempt may follow."""


class EvidenceGrade(StrEnum):
    REGISTRY_ANSWER = "registry_answer"
    REGISTRY_STATEMENT = "registry_statement"
    PROVIDER_NOTICE = "provider_notice"
    """The provider's notice (無効化通知書), released by the operator."""


class TaskStatus(StrEnum):
    OPEN = "open"
    PREPARED = "prepared"
    CHECKED = "checked"
    EXECUTED = "executed"
    CONFIRMED = "confirmed"
    CANCELED = "canceled"


class NoticeState(StrEnum):
    """How far the registry's notice of a task is compared with what was asked for."""

    NONE = "none"
    TO_TYPE = "to_type"
    """No program could read it: two people type its facts."""
    TYPED_ONCE = "typed_once"
    TYPED_DIFFERENTLY = "typed_differently"
    """Two people typed different facts: one of them looks again."""
    DIFFERS = "differs"
    """It says something else than was asked for: the operator's matter, with both versions."""
    AGREED = "agreed"
    MADE_UP = "made_up"
    """A test desk's, where nothing was retired."""


_R = RetirementStatus
_T = TaskStatus

RETIREMENT_STEPS: Final[dict[RetirementStatus, frozenset[RetirementStatus]]] = {
    _R.DRAFT: frozenset({_R.SIGNED_OFF, _R.CANCELED}),
    _R.SIGNED_OFF: frozenset({_R.QUEUED, _R.CANCELED}),
    _R.QUEUED: frozenset({_R.SUBMITTED, _R.CANCELED, _R.MANUAL}),
    _R.SUBMITTED: frozenset({_R.RECORDED, _R.REJECTED, _R.UNKNOWN, _R.MANUAL, _R.QUEUED}),
    _R.UNKNOWN: frozenset({_R.RECORDED, _R.REJECTED, _R.MANUAL, _R.QUEUED}),
    _R.MANUAL: frozenset({_R.RECORDED, _R.REJECTED, _R.QUEUED}),
    _R.RECORDED: frozenset(),
    _R.REJECTED: frozenset(),
    _R.CANCELED: frozenset(),
}
"""From a status to those that may follow. Back to `queued` leads only what certainly is not at the registry."""

TASK_STEPS: Final[dict[TaskStatus, frozenset[TaskStatus]]] = {
    _T.OPEN: frozenset({_T.PREPARED, _T.CANCELED}),
    _T.PREPARED: frozenset({_T.CHECKED, _T.CANCELED}),
    _T.CHECKED: frozenset({_T.EXECUTED, _T.CANCELED}),
    _T.EXECUTED: frozenset({_T.CONFIRMED}),
    _T.CONFIRMED: frozenset(),
    _T.CANCELED: frozenset(),
}
"""From a task's status to those that may follow. What was carried out at the registry cannot be canceled."""

MOVING: Final = (_R.QUEUED, _R.SUBMITTED, _R.UNKNOWN)
"""States that somebody must lead out of: each has an unfinished job, or an open task."""


def may_follow(before: RetirementStatus, after: RetirementStatus) -> bool:
    """Whether a retirement may go from one status to the other."""
    return after in RETIREMENT_STEPS[before]


def shown_status(status: RetirementStatus, reconciled_as_of: date | None) -> ShownStatus:
    """The status as callers see it."""
    return ShownStatus(status) if reconciled_as_of is None else ShownStatus.RECONCILED


def may_be_canceled(status: RetirementStatus) -> bool:
    """Whether the buyer may still take it back: nothing has been sent."""
    return may_follow(status, RetirementStatus.CANCELED)


def task_may_follow(before: TaskStatus, after: TaskStatus) -> bool:
    """Whether a task may go from one status to the other."""
    return after in TASK_STEPS[before]
