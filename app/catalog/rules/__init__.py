"""What do registries' lists say about projects, and what do known facts say about the quality of their credits?"""

from app.catalog.rules.facts import (
    LABEL_NAMES,
    MIXED,
    USE_NAMES,
    Answer,
    FactKind,
    Family,
    Label,
    Level,
    Mechanism,
    Use,
)
from app.catalog.rules.methodology import MethodologyName, methodology_name
from app.catalog.rules.places import prefectures_of
from app.catalog.rules.project_facts import (
    ListKind,
    MethodologyUse,
    ProjectFacts,
    ProjectKind,
    ProjectListReport,
    RowCode,
    RowNote,
)
from app.catalog.rules.project_list import read_project_list
from app.catalog.rules.project_row import list_kind_of, project_number_of
from app.catalog.rules.registries import REGISTRIES
from app.catalog.rules.shipped import (
    KnownFact,
    KnownMethodology,
    KnownPrefecture,
    KnownRegion,
    read_eligibility,
    read_labels,
    read_methodologies,
    read_prefectures,
    read_regions,
)
from app.catalog.rules.verdicts import (
    RANKS,
    VERSION_RANK,
    Applied,
    Credits,
    Said,
    Verdict,
    eligibility,
    verdicts,
)
from app.catalog.rules.versions import version_key, within

__all__ = [
    "LABEL_NAMES",
    "MIXED",
    "RANKS",
    "REGISTRIES",
    "USE_NAMES",
    "VERSION_RANK",
    "Answer",
    "Applied",
    "Credits",
    "FactKind",
    "Family",
    "KnownFact",
    "KnownMethodology",
    "KnownPrefecture",
    "KnownRegion",
    "Label",
    "Level",
    "ListKind",
    "Mechanism",
    "MethodologyName",
    "MethodologyUse",
    "ProjectFacts",
    "ProjectKind",
    "ProjectListReport",
    "RowCode",
    "RowNote",
    "Said",
    "Use",
    "Verdict",
    "eligibility",
    "list_kind_of",
    "methodology_name",
    "prefectures_of",
    "project_number_of",
    "read_eligibility",
    "read_labels",
    "read_methodologies",
    "read_prefectures",
    "read_project_list",
    "read_regions",
    "verdicts",
    "version_key",
    "within",
]
