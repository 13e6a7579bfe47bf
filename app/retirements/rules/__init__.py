"""What may be retired, in which words, by which steps, and what proves it: decisions without a database."""

from app.retirements.rules.decisions import LIVE_CASES, CaseStatus, Decision, Proposal, wrong_with
from app.retirements.rules.proof import (
    FIRST_LOOK_UP_AFTER,
    LOOK_UPS_MAX,
    SENDINGS_MAX,
    Search,
    Verdict,
    counted,
    verdict,
    wait_before,
)
from app.retirements.rules.purposes import PURPOSES, Purpose, one_scope, purpose_of
from app.retirements.rules.reference import RANDOM_BITS, is_reference, new_reference
from app.retirements.rules.states import (
    MOVING,
    RETIREMENT_STEPS,
    TASK_STEPS,
    AttemptStatus,
    EvidenceGrade,
    RetirementStatus,
    TaskStatus,
    may_be_canceled,
    may_follow,
    task_may_follow,
)
from app.retirements.rules.text import RegistryText, registry_text
from app.retirements.rules.wish import DETAIL_MAX, NAME_MAX, Wish, check

__all__ = [
    "DETAIL_MAX",
    "FIRST_LOOK_UP_AFTER",
    "LIVE_CASES",
    "LOOK_UPS_MAX",
    "MOVING",
    "NAME_MAX",
    "PURPOSES",
    "RANDOM_BITS",
    "RETIREMENT_STEPS",
    "SENDINGS_MAX",
    "TASK_STEPS",
    "AttemptStatus",
    "CaseStatus",
    "Decision",
    "EvidenceGrade",
    "Proposal",
    "Purpose",
    "RegistryText",
    "RetirementStatus",
    "Search",
    "TaskStatus",
    "Verdict",
    "Wish",
    "check",
    "counted",
    "is_reference",
    "may_be_canceled",
    "may_follow",
    "new_reference",
    "one_scope",
    "purpose_of",
    "registry_text",
    "task_may_follow",
    "verdict",
    "wait_before",
    "wrong_with",
]
