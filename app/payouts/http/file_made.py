"""How does a keyed request make a file of transfers, whether it pays providers or gives buyers their money back?"""

from collections.abc import Awaitable
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from litestar import Response

from app.core.db import AsyncSession
from app.core.errors import AppError
from app.core.http.once import Made, Once
from app.core.ids import public_id
from app.core.scope import Scope
from app.payouts import errors, operations
from app.payouts.models import PayoutFile
from app.payouts.operations import WrittenFile
from app.payouts.schemas import PayoutFileOut

ERRORS: Final = (
    errors.PayoutFieldsInvalid,
    errors.OriginatorNotFound,
    errors.NothingApproved,
    errors.FileRefused,
    errors.PayoutsChanged,
    errors.PeoplePayOut,
)


class TakeIn(Protocol):
    """Writes a file down with what it pays, in the transaction of its answer."""

    def __call__(self, session: AsyncSession, written: WrittenFile, *, now: datetime) -> Awaitable[PayoutFile]: ...


async def file_made(
    once: Once, caller: Scope, written: WrittenFile | AppError, take_in: TakeIn, *, now: datetime
) -> Response[PayoutFileOut]:
    """The answer for a file that was written, or the refusal that came of it: the same again for the same key."""
    whose: set[UUID] = set()
    if isinstance(written, WrittenFile):
        whose = {org_id for org_id, _, _ in written.pays} | written.payers

    async def make(session: AsyncSession) -> Made:
        if not isinstance(written, WrittenFile):
            raise written
        file = await take_in(session, written, now=now)
        location = f"/v1/admin/payout-files/{public_id(operations.FILE_PREFIX, file.id)}"
        return Made(201, PayoutFileOut.of(file), file.id, location)

    return await once(caller.with_party(*sorted(whose)), make, now=now)
