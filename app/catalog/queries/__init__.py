"""Which registries, projects, methodologies and facts are there? Everybody may ask; nobody owns a row."""

from app.catalog.queries.projects import (
    MethodologyCount,
    ProjectFilter,
    ProjectLine,
    methodologies,
    methodology_codes,
    project,
    project_place,
    projects,
    registries,
)
from app.catalog.queries.quality import quality_columns

__all__ = [
    "MethodologyCount",
    "ProjectFilter",
    "ProjectLine",
    "methodologies",
    "methodology_codes",
    "project",
    "project_place",
    "projects",
    "quality_columns",
    "registries",
]
