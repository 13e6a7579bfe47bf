"""What do registries' public lists say about projects and their methodologies?"""

from app.catalog.rules.methodology import MethodologyName, methodology_name
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

__all__ = [
    "ListKind",
    "MethodologyName",
    "MethodologyUse",
    "ProjectFacts",
    "ProjectKind",
    "ProjectListReport",
    "RowCode",
    "RowNote",
    "list_kind_of",
    "methodology_name",
    "project_number_of",
    "read_project_list",
]
