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
from app.catalog.queries.words import projects_with_words, words_in

__all__ = [
    "MethodologyCount",
    "ProjectFilter",
    "ProjectLine",
    "methodologies",
    "methodology_codes",
    "project",
    "project_place",
    "projects",
    "projects_with_words",
    "quality_columns",
    "registries",
    "words_in",
]
