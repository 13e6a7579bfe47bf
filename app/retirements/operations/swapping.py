"""What follows when the registry picked other serials than ours, as it may by total quantity (総量指定)?"""

from collections.abc import Iterable
from datetime import datetime

from app.core.db import AsyncSession
from app.inventory import operations as inventory
from app.inventory.errors import SerialsNotExchangeable
from app.inventory.queries import PickedSerials
from app.retirements.models import RegistryTask, Retirement
from app.retirements.rules import Difference, NoticeFacts, Span, block_of, same_spans, sheet_spans


def picked_serials(task: RegistryTask, spans: Iterable[Span]) -> list[PickedSerials]:
    """What a notice says as inventory looks serials up; where it leaves the prefix out, the sheet's is meant."""
    prefix = task.sheet["serials"][0]["prefix"]
    blocks = [block_of(span) for span in spans]
    return [
        PickedSerials(each.prefix or prefix, str(each.first), str(each.last)) for each in blocks if each is not None
    ]


async def take_registrys_serials(
    session: AsyncSession, retirement: Retirement, task: RegistryTask, facts: NoticeFacts, *, now: datetime
) -> Difference | None:
    """The registry's serials win: they change places with those set aside, in this transaction, or nothing changes.

    The difference tells why they could not. Both rows are locked. Raises OwnersUnnamed when somebody holds some of
    them whom the transaction does not name.
    """
    wanted = sheet_spans(task.sheet)
    if same_spans(wanted, facts.serials):
        return None
    try:
        await inventory.swap_serials(
            session,
            owner_id=retirement.org_id,
            provider_id=retirement.provider_id,
            retirement_id=retirement.id,
            picked=picked_serials(task, facts.serials),
            now=now,
        )
    except SerialsNotExchangeable as refused:
        return Difference("serials", _shown(wanted), f"{_shown(facts.serials)} ({refused.facts['reason']})")
    return None


def _shown(spans: Iterable[Span]) -> str:
    return ", ".join(f"{span.first} - {span.last}" for span in spans)
