"""How is a paper found: by its day, its amount, the other side's name, or any of them together?

電子帳簿保存法施行規則 (Ordinance on Keeping Books Electronically), article 2, paragraph 6, item 6, asks for these three, days
and amounts by a range, and any two of them together (`rules.retention` names what was read).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Select, select

from app.core.db import AsyncSession
from app.core.pages import Page, beyond
from app.core.scope import Scope
from app.core.text import folded
from app.invoices.models import Paper, PaperCounterparty
from app.invoices.rules import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What papers are looked for by; None where it does not matter. Amounts in yen, tax included; days in Japan."""

    kind: Kind | None
    issued_from: date | None
    issued_through: date | None
    total_from_minor: int | None
    total_through_minor: int | None
    counterparty: str | None
    """A part of the other side's name, however wide or composed its characters are typed."""

    def named(self) -> dict[str, object]:
        """The filters as a cursor is bound to them."""
        return asdict(self)


async def papers_page(session: AsyncSession, scope: Scope, page: Page, sought: Sought) -> Sequence[Paper]:
    """Papers that the caller's organisation was given, copies too, the newest first."""
    asked = _narrowed(select(Paper).where(Paper.org_id == scope.org_id), sought)
    if sought.counterparty is not None:
        asked = asked.where(Paper.parties_folded.contains(folded(sought.counterparty), autoescape=True))
    return await _page(session, asked, page)


async def papers_of_desk(session: AsyncSession, scope: Scope, page: Page, sought: Sought) -> Sequence[Paper]:
    """Papers that the caller has issued, without the copies, the newest first: the desk's question."""
    asked = _narrowed(select(Paper).where(Paper.desk_id == scope.org_id, Paper.copy_of.is_(None)), sought)
    if sought.counterparty is not None:
        named = select(PaperCounterparty.id).where(
            PaperCounterparty.org_id == scope.org_id,
            PaperCounterparty.name_folded.contains(folded(sought.counterparty), autoescape=True),
        )
        asked = asked.where(Paper.counterparty_id.in_(named))
    return await _page(session, asked, page)


def _narrowed(asked: Select[Paper], sought: Sought) -> Select[Paper]:
    if sought.issued_from is not None:
        asked = asked.where(Paper.issued_on >= sought.issued_from)
    if sought.issued_through is not None:
        asked = asked.where(Paper.issued_on <= sought.issued_through)
    if sought.total_from_minor is not None:
        asked = asked.where(Paper.total_minor >= sought.total_from_minor)
    if sought.total_through_minor is not None:
        asked = asked.where(Paper.total_minor <= sought.total_through_minor)
    if sought.kind is not None:
        asked = asked.where(Paper.kind == sought.kind)
    return asked


async def _page(session: AsyncSession, asked: Select[Paper], page: Page) -> Sequence[Paper]:
    if page.after is not None:
        asked = asked.where(beyond([(Paper.issued_on, True), (Paper.id, True)], page.after))
    return (await session.scalars(asked.order_by(Paper.issued_on.desc(), Paper.id.desc()).limit(page.fetch))).all()
