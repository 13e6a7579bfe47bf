"""Which registries, projects, methodologies and facts are there? Everybody may ask; nobody owns a row."""

from app.catalog.queries.facts import (
    FactFilter,
    FactLine,
    ProjectSeen,
    fact,
    fact_line,
    fact_place,
    facts,
    facts_of_methodology,
    history,
    matrix,
    project_seen,
)
from app.catalog.queries.members import MemberLine, member, members
from app.catalog.queries.methodologies import (
    AppliedVersion,
    MethodologyFilter,
    MethodologyLine,
    RegionLine,
    methodologies,
    methodology,
    regions,
)
from app.catalog.queries.projects import (
    ProjectFilter,
    ProjectLine,
    knows_projects,
    methodology_codes,
    project,
    project_place,
    projects,
    registries,
)
from app.catalog.queries.quality import quality_columns

__all__ = [
    "AppliedVersion",
    "FactFilter",
    "FactLine",
    "MemberLine",
    "MethodologyFilter",
    "MethodologyLine",
    "ProjectFilter",
    "ProjectLine",
    "ProjectSeen",
    "RegionLine",
    "fact",
    "fact_line",
    "fact_place",
    "facts",
    "facts_of_methodology",
    "history",
    "knows_projects",
    "matrix",
    "member",
    "members",
    "methodologies",
    "methodology",
    "methodology_codes",
    "project",
    "project_place",
    "project_seen",
    "projects",
    "quality_columns",
    "regions",
    "registries",
]
