"""How does the catalogue change? Lists and shipped tables as wholes, issuances, members and facts one by one."""

from app.catalog.operations.declaring import NewProject, declare_projects, list_project, list_projects
from app.catalog.operations.facts import say_fact, withdraw_fact
from app.catalog.operations.issuances import Issued, confirm_issuance, confirm_issuances
from app.catalog.operations.loading import Loaded, load_projects, load_registries
from app.catalog.operations.members import MemberFacts, add_member, change_member, locked_member
from app.catalog.operations.reference import load_facts, load_methodologies, load_places
from app.catalog.operations.shown import show_changed_again
from app.catalog.operations.words import index_words

__all__ = [
    "Issued",
    "Loaded",
    "MemberFacts",
    "NewProject",
    "add_member",
    "change_member",
    "confirm_issuance",
    "confirm_issuances",
    "declare_projects",
    "index_words",
    "list_project",
    "list_projects",
    "load_facts",
    "load_methodologies",
    "load_places",
    "load_projects",
    "load_registries",
    "locked_member",
    "say_fact",
    "show_changed_again",
    "withdraw_fact",
]
