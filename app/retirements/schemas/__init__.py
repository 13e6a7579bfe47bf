"""What do callers send about retirements and registry tasks, and what do they see?"""

from app.retirements.schemas.cases import CaseOut, DecisionIn
from app.retirements.schemas.notices import (
    EvidenceOut,
    NoticeFactsIn,
    ReadingOut,
    ReturnIn,
    TypedOut,
)
from app.retirements.schemas.retirements import (
    AgreementOut,
    RetirementDetailOut,
    RetirementIn,
    RetirementOut,
    SignOffIn,
)
from app.retirements.schemas.rules import PurposeOut, PurposesOut, RegistryRulesOut, RuleIn
from app.retirements.schemas.tasks import (
    ClaimedOut,
    ClaimIn,
    ExecutedIn,
    ModeIn,
    NothingIn,
    PrecheckAnswerIn,
    PrecheckIn,
    TaskOut,
)

__all__ = [
    "AgreementOut",
    "CaseOut",
    "ClaimIn",
    "ClaimedOut",
    "DecisionIn",
    "EvidenceOut",
    "ExecutedIn",
    "ModeIn",
    "NothingIn",
    "NoticeFactsIn",
    "PrecheckAnswerIn",
    "PrecheckIn",
    "PurposeOut",
    "PurposesOut",
    "ReadingOut",
    "RegistryRulesOut",
    "RetirementDetailOut",
    "RetirementIn",
    "RetirementOut",
    "ReturnIn",
    "RuleIn",
    "SignOffIn",
    "TaskOut",
    "TypedOut",
]
