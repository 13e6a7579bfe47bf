"""What may be retired, in which words, by which steps, and what proves it: decisions without a database."""

from app.retirements.rules.consumption import Consumption, EnergyRetired
from app.retirements.rules.decisions import LIVE_CASES, CaseStatus, Decision, Proposal, wrong_with
from app.retirements.rules.energy import Energy, WholeEnergy, energy_of_part
from app.retirements.rules.energy_use import ToRetire, check_energy
from app.retirements.rules.legal_names import comparable_name, has_legal_form, same_name
from app.retirements.rules.mandate import CONSENT, MANDATE
from app.retirements.rules.notice import (
    Block,
    Difference,
    NoticeFacts,
    Span,
    block_of,
    differences,
    read_notice,
    same_spans,
    sheet_spans,
    typed_differently,
    wanted_facts,
)
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
from app.retirements.rules.purposes import PURPOSES, Purpose, purpose_of
from app.retirements.rules.reference import RANDOM_BITS, is_reference, new_reference, reference_in
from app.retirements.rules.sheet import sheet_fields
from app.retirements.rules.states import (
    MOVING,
    RETIREMENT_STEPS,
    TASK_STEPS,
    AttemptStatus,
    EvidenceGrade,
    NoticeState,
    RetirementStatus,
    TaskStatus,
    may_be_canceled,
    may_follow,
    task_may_follow,
)
from app.retirements.rules.text import RegistryText, registry_text
from app.retirements.rules.wish import Wish, check, length

__all__ = [
    "CONSENT",
    "FIRST_LOOK_UP_AFTER",
    "LIVE_CASES",
    "LOOK_UPS_MAX",
    "MANDATE",
    "MOVING",
    "PURPOSES",
    "RANDOM_BITS",
    "RETIREMENT_STEPS",
    "SENDINGS_MAX",
    "TASK_STEPS",
    "AttemptStatus",
    "Block",
    "CaseStatus",
    "Consumption",
    "Decision",
    "Difference",
    "Energy",
    "EnergyRetired",
    "EvidenceGrade",
    "NoticeFacts",
    "NoticeState",
    "Proposal",
    "Purpose",
    "RegistryText",
    "RetirementStatus",
    "Search",
    "Span",
    "TaskStatus",
    "ToRetire",
    "Verdict",
    "WholeEnergy",
    "Wish",
    "block_of",
    "check",
    "check_energy",
    "comparable_name",
    "counted",
    "differences",
    "energy_of_part",
    "has_legal_form",
    "is_reference",
    "length",
    "may_be_canceled",
    "may_follow",
    "new_reference",
    "purpose_of",
    "read_notice",
    "reference_in",
    "registry_text",
    "same_name",
    "same_spans",
    "sheet_fields",
    "sheet_spans",
    "task_may_follow",
    "typed_differently",
    "verdict",
    "wait_before",
    "wanted_facts",
    "wrong_with",
]
