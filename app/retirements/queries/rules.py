"""Which rules hold for a registry today, and what has the operator said of them?"""

from collections.abc import Sequence

from sqlalchemy import select

from app.core.db import AsyncSession
from app.retirements.models import RegistryRule
from app.retirements.rules.registry_rules import Change, RegistryRules, rules_with


async def rules_of(session: AsyncSession, registry_code: str) -> RegistryRules:
    """The rules that hold: those the desk ships with, changed by the operator's words in order."""
    return rules_with(registry_code, [as_change(row) for row in await changes_of(session, registry_code)])


async def changes_of(session: AsyncSession, registry_code: str) -> Sequence[RegistryRule]:
    """Everything that the operator has said of a registry's rules, the oldest first."""
    found = await session.scalars(
        select(RegistryRule).where(RegistryRule.registry_code == registry_code).order_by(RegistryRule.id)
    )
    return found.all()


def as_change(row: RegistryRule) -> Change:
    """The row as the rules take it."""
    return Change(row.key, row.value, row.verified, row.source, row.note)
