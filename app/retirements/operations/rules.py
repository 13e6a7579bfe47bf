"""How does the operator say what a registry asks, so that what was believed before stays known?"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from app.catalog.models import Registry
from app.core import events
from app.core.db import AsyncSession
from app.core.errors import FieldError
from app.core.scope import DESK_ID, Scope
from app.retirements.errors import RegistryUnknown, RuleInvalid
from app.retirements.models import RegistryRule
from app.retirements.rules.registry_rules import KEYS, Change, read_value


async def say_rule(
    session: AsyncSession,
    scope: Scope,
    registry_code: str,
    change: Change,
    *,
    reason: str,
    rule_id: UUID,
    now: datetime,
) -> None:
    """Write down what the operator knows of one rule: from now on it holds, and nothing before it is edited.

    Raises RegistryUnknown (404), RuleInvalid (422).
    """
    if await session.get(Registry, registry_code) is None:
        raise RegistryUnknown("This desk knows no such registry.")
    if change.key not in KEYS:
        error = FieldError("/key", "unknown_rule", f"One of: {', '.join(KEYS)}.")
        raise RuleInvalid("There is no such rule.", errors=(error,))
    try:
        read = read_value(change.key, change.value)
    except ValueError as wrong:
        raise RuleInvalid("Nothing was changed.", errors=(FieldError("/value", "wrong_value", str(wrong)),)) from wrong
    session.add(
        RegistryRule(
            id=rule_id,
            registry_code=registry_code,
            key=change.key,
            value=msgspec.to_builtins(read),
            verified=change.verified,
            source=change.source,
            note=change.note,
            reason=reason,
            entered_by=scope.actor_id,
            entered_at=now,
        )
    )
    await session.flush()
    after: dict[str, Any] = {"registry": registry_code, "key": change.key, "value": msgspec.to_builtins(read)}
    await events.record(
        session,
        "registry_rule.said",
        org_id=DESK_ID,
        subject_kind="registry_rule",
        subject_id=rule_id,
        after={**after, "verified": change.verified, "reason": reason},
        now=now,
    )
