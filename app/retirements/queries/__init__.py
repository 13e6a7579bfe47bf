"""Which retirements, sendings and tasks are there, what holds for them? Questions only; somebody else's is not found."""

from app.retirements.queries.proofs import consent_of, mandate_of, project_places, readings_of, whole_energy
from app.retirements.queries.rows import (
    attempts_of,
    is_stuck,
    live_attempt,
    locked,
    locked_task,
    provider_of,
    provider_page,
    retirement_of,
    retirements_page,
    stuck,
    task_of,
    task_of_desk,
    task_of_retirement,
    tasks_named,
    tasks_page,
    tasks_page_of_desk,
)
from app.retirements.queries.rules import changes_of, rules_of

__all__ = [
    "attempts_of",
    "changes_of",
    "consent_of",
    "is_stuck",
    "live_attempt",
    "locked",
    "locked_task",
    "mandate_of",
    "project_places",
    "provider_of",
    "provider_page",
    "readings_of",
    "retirement_of",
    "retirements_page",
    "rules_of",
    "stuck",
    "task_of",
    "task_of_desk",
    "task_of_retirement",
    "tasks_named",
    "tasks_page",
    "tasks_page_of_desk",
    "whole_energy",
]
