"""How is a paper's number taken, so that none is missing and none is there twice?"""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.core.db import AsyncSession
from app.invoices.models import PaperNumber
from app.invoices.rules import DocumentNumber, Sequence, numbered


async def take_number(session: AsyncSession, sequence: Sequence) -> DocumentNumber:
    """The next number of a sequence, under the lock of its row until this transaction ends.

    A transaction that is undone has taken none. Taken last of all: everybody else who issues such a paper waits.
    """
    first = insert(PaperNumber).values(org_id=sequence.issuer_id, series=sequence.series, year=sequence.year, last_n=1)
    taken = first.on_conflict_do_update(
        index_elements=["org_id", "series", "year"], set_={"last_n": PaperNumber.last_n + 1}
    )
    n = await session.scalar(taken.returning(PaperNumber.last_n))
    assert n is not None, sequence
    return numbered(sequence, n)


async def alone(session: AsyncSession, subject_id: UUID) -> None:
    """Wait for whoever issues papers for the same order, payment or quote: the second one finds what the first has made.

    Not a row's lock: a quote may be its storefront's, whom the buyer's transaction does not name.
    """
    named = func.hashtextextended(f"papers:{subject_id}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(named)))
