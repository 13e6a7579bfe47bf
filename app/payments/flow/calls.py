"""How does a planned write reach Stripe, once? Begun in one transaction, sent with none open, answered in another.

A process that is killed anywhere in between leaves a row that says so: the next one sends the same under the same key
while Stripe keeps it (`rules.SENT_AGAIN_FOR`), and looks for it afterwards.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import msgspec

from app.core.db import AsyncSession, Database
from app.core.scope import DESK_ID, Scope
from app.payments import operations
from app.payments.operations import Sending
from integrations.stripe.client import Absent, LookupFailed, NotSent, Refused, Stripe, Unknown

Answer: TypeAlias = Any
"""What was made, or Refused, Unknown, NotSent, Absent, LookupFailed: the port's own types."""


class StripeSilent(Exception):
    """Stripe gave no answer that can be used: the call is made again later, or looked for."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of write: how its request is read, made, looked for without its key, and what follows from the answer."""

    asked: type[msgspec.Struct]
    make: Callable[[Stripe, Any, str], Awaitable[Answer]]
    find: Callable[[Stripe, Any], Awaitable[Answer]]
    follow: Callable[[AsyncSession, Sending, Any, datetime], Awaitable[None]]
    """In the transaction that writes the answer down: what was made, Refused or Absent. It names the subject's owner."""
    id_of: Callable[[Any], str]


async def call(
    db: Database, stripe: Stripe | None, kinds: Mapping[str, Kind], call_id: UUID, *, now: datetime, request_id: str
) -> Answer | None:
    """Make one planned write; what was made, a refusal, or None when it was answered before.

    Raises StripeSilent when it is not known whether it was made, or when this installation has no key for Stripe.
    """
    desk = Scope.of_system(DESK_ID, request_id)
    async with db.transaction(desk) as session:
        sending = await operations.begin(session, call_id, now=now)
    if sending is None:
        return None
    kind = kinds[sending.kind]
    asked = msgspec.convert(sending.request, kind.asked)
    if stripe is None:
        raise StripeSilent("There is no key for Stripe.")
    answer = await (kind.make(stripe, asked, sending.key) if sending.may_send else kind.find(stripe, asked))
    silent = isinstance(answer, Unknown | NotSent | LookupFailed)
    said = answer if silent or isinstance(answer, Refused | Absent) else kind.id_of(answer)
    async with db.transaction(desk.with_party(sending.subject_org_id)) as session:
        first = await operations.note(session, call_id, said, now=now)
        if first and not silent:
            await kind.follow(session, sending, answer, now)
    if silent:
        raise StripeSilent(answer.why)
    return answer
