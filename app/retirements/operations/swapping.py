"""What follows when the registry picked other serials than ours, as it may by total quantity (総量指定)?"""

from datetime import datetime

from app.core.db import AsyncSession
from app.retirements.models import RegistryTask, Retirement
from app.retirements.rules import Difference, NoticeFacts, same_spans, wanted_facts


async def take_registrys_serials(
    session: AsyncSession, retirement: Retirement, task: RegistryTask, facts: NoticeFacts, *, now: datetime
) -> Difference | None:
    """The registry's serials win: nothing to do when they are ours already; else the operator's matter.

    The difference names both. Both rows are locked.
    """
    assert task.recorded_on is not None, task.id
    assert task.registry_transaction is not None, task.id
    wanted = wanted_facts(task.sheet, transaction_no=task.registry_transaction, recorded_on=task.recorded_on)
    if same_spans(wanted.serials, facts.serials):
        return None
    return Difference("serials", _shown(wanted), _shown(facts))


def _shown(facts: NoticeFacts) -> str:
    return ", ".join(f"{span.first} - {span.last}" for span in facts.serials)
