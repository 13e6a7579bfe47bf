"""How does the catalogue change? Lists and shipped tables as wholes, issuances, members and facts one by one."""

from app.catalog.operations.issuances import confirm_issuance
from app.catalog.operations.loading import Loaded, load_projects, load_registries
from app.catalog.operations.reference import load_facts, load_methodologies, load_places
from app.catalog.operations.words import index_words

__all__ = [
    "Loaded",
    "confirm_issuance",
    "index_words",
    "load_facts",
    "load_methodologies",
    "load_places",
    "load_projects",
    "load_registries",
]
