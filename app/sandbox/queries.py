"""How far does a test desk's clock stand ahead?"""

from datetime import timedelta

from sqlalchemy import select

from app.core.db import AsyncSession
from app.core.scope import DESK_ID
from app.sandbox.models import DeskClock


async def clock(session: AsyncSession) -> tuple[timedelta, int]:
    """How far it was moved, and its version: nothing and 0 until it is moved for the first time."""
    found = await session.scalar(select(DeskClock).where(DeskClock.desk_id == DESK_ID))
    return (timedelta(), 0) if found is None else (found.ahead, found.version)
