"""A process that spends one caller's window as fast as it can; prints how many requests it was allowed."""

import asyncio
import sys
from datetime import UTC, datetime

from app.core.db import API_ROLE, Database
from app.core.errors import TooManyRequests
from app.core.rates import Limits, Policy


async def main(url: str, limit: int, asks: int, moment: str) -> None:
    db = Database(url, role=API_ROLE, pool_size=4)
    limits, now, allowed = Limits(db, b"s" * 32), datetime.fromtimestamp(int(moment), UTC), 0
    policy = Policy("calls", limit, 60)

    async def ask() -> None:
        nonlocal allowed
        for _ in range(asks // 8):
            try:
                await limits.charge(policy, "key 1", now=now)
            except TooManyRequests:
                continue
            allowed += 1
            await asyncio.sleep(0)

    await asyncio.gather(*(ask() for _ in range(8)))
    await db.close()
    sys.stdout.write(f"{allowed}\n")


asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
