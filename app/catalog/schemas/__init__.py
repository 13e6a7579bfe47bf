"""What do callers see of the catalogue, and what does the operator send to change it?"""

from app.catalog.schemas.entering import (
    EligibilityIn,
    FactIn,
    LabelIn,
    MemberIn,
    PermanenceIn,
    RatingIn,
    RenewableIn,
    SdgsIn,
    WithdrawalIn,
)
from app.catalog.schemas.facts import FactHistoryOut, FactOut, FactVersionOut
from app.catalog.schemas.methodologies import MethodologyFactsOut, MethodologyOut, RegionOut
from app.catalog.schemas.projects import ProjectMemberOut, ProjectOut, ProjectSummaryOut, RegistryOut

__all__ = [
    "EligibilityIn",
    "FactHistoryOut",
    "FactIn",
    "FactOut",
    "FactVersionOut",
    "LabelIn",
    "MemberIn",
    "MethodologyFactsOut",
    "MethodologyOut",
    "PermanenceIn",
    "ProjectMemberOut",
    "ProjectOut",
    "ProjectSummaryOut",
    "RatingIn",
    "RegionOut",
    "RegistryOut",
    "RenewableIn",
    "SdgsIn",
    "WithdrawalIn",
]
