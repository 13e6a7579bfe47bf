"""How is a paper issued: numbered, frozen with all that it says, copied to its sellers, and given to be rendered?"""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core import events, outbox
from app.core.db import AsyncSession
from app.core.ids import new_id
from app.core.money import YEN
from app.core.scope import DESK_ID
from app.core.text import folded
from app.invoices.errors import PaperIncomplete
from app.invoices.models import Paper, PaperCounterparty
from app.invoices.operations.numbers import take_number
from app.invoices.operations.printed import Draft, printed
from app.invoices.queries import House
from app.invoices.rules import (
    Document,
    DocumentNumber,
    IssuerMode,
    Kind,
    kept_through,
    missing_particulars,
    part_of_seller,
    sequence_of,
    tax_period_end,
)

_COPIED = frozenset({Kind.INVOICE, Kind.RETURN, Kind.MONTHLY_INVOICE})
"""What is issued in a seller's stead: the seller is owed a copy (消費税法施行令, article 70-12, paragraph 3)."""

_COLUMNS = tuple(column.key for column in Paper.__mapper__.columns)


async def write(session: AsyncSession, draft: Draft, house: House, *, now: datetime) -> Paper:
    """Issue a paper, with the copies that its sellers are owed. The transaction names desk, recipient and sellers.

    The number is taken last, with the lock that every other paper of the series waits for. Raises PaperIncomplete.
    """
    _must_be_complete(draft, house)
    counterparty_id = await _counterparty(session, draft.recipient.name)
    sequence = sequence_of(DESK_ID, draft.kind, draft.issued_on, by=house.profile.numbered_by)
    number = await take_number(session, sequence)
    sellers = dict.fromkeys(line.provider_id for line in draft.composed.lines)
    names = [house.desk.name, *(house.providers[seller].name for seller in sellers)]
    paper = _paper(draft, house, number, counterparty_id, org_id=draft.recipient.org_id, names=names, now=now)
    await _keep(session, paper, now=now)
    if draft.composed.mode == IssuerMode.FOR_PROVIDER and draft.kind in _COPIED:
        for seller in sellers:
            await _keep(session, _copy_for(seller, paper, draft, house, number, now=now), now=now)
    return paper


async def write_again(session: AsyncSession, receipt: Paper, *, issued_on: date, now: datetime) -> Paper:
    """Another copy of a receipt, which says so: the original is the one that counts. It keeps its number."""
    note = f"再発行（{issued_on.isoformat()}）原本ではありません。 / Reissued on {issued_on.isoformat()}; not the original."
    facts = {**receipt.facts, "notes": [note, *receipt.facts["notes"]]}
    columns = {name: getattr(receipt, name) for name in _COLUMNS}
    again = Paper(**columns | {"id": new_id(), "facts": facts, "copy_of": receipt.id, "issued_at": now})
    await _keep(session, again, now=now)
    return again


def _must_be_complete(draft: Draft, house: House) -> None:
    returned = draft.returned
    missing = missing_particulars(
        Document(
            kind=draft.kind,
            mode=draft.composed.mode,
            issuer_name=house.profile.name,
            issuer_is_corporation=house.profile.is_corporation,
            registration_number=house.profile.registration_number,
            recipient_name=draft.recipient.name,
            lines=draft.composed.lines,
            totals=draft.composed.totals,
            returned_on=None if returned is None else returned.returned_on,
        )
    )
    if missing:
        raise PaperIncomplete("The paper would not say all that it must.", missing=[each.value for each in missing])


async def _counterparty(session: AsyncSession, name: str) -> UUID:
    """The row of this name among those that papers were given to; made when it is the first."""
    row = {"org_id": DESK_ID, "id": new_id(), "name": name, "name_folded": folded(name)}
    await session.execute(
        insert(PaperCounterparty).values(row).on_conflict_do_nothing(index_elements=["org_id", "name"])
    )
    asked = select(PaperCounterparty.id).where(PaperCounterparty.org_id == DESK_ID, PaperCounterparty.name == name)
    return (await session.scalars(asked)).one()


def _paper(
    draft: Draft,
    house: House,
    number: DocumentNumber,
    counterparty_id: UUID,
    *,
    org_id: UUID,
    names: list[str],
    now: datetime,
) -> Paper:
    profile, composed = house.profile, draft.composed
    period = tax_period_end(draft.issued_on, last_month=profile.fiscal_year_ends_in)
    return Paper(
        org_id=org_id,
        id=new_id(),
        desk_id=DESK_ID,
        kind=draft.kind,
        mode=composed.mode,
        series=number.series,
        year=number.year,
        n=number.n,
        number=str(number),
        issued_on=draft.issued_on,
        supplied_from=draft.supplied_from,
        supplied_through=draft.supplied_through,
        due_on=draft.due_on,
        issuer_name=profile.name,
        issuer_number=profile.registration_number,
        issuer_address=profile.address,
        recipient_name=draft.recipient.name,
        recipient_address=draft.recipient.address,
        counterparty_id=counterparty_id,
        parties_folded="\n".join(folded(name) for name in names),
        subject_id=draft.subject_id,
        part=draft.part,
        order_id=draft.order_id,
        original_id=draft.original_id,
        corrects_id=None if draft.corrects is None else draft.corrects.paper_id,
        currency=YEN,
        goods_minor=composed.goods_minor,
        tax_minor=composed.tax_minor,
        total_minor=draft.total_minor,
        composed=msgspec.to_builtins(composed),
        facts=msgspec.to_builtins(printed(draft, house, str(number), copy=False)),
        kept_through=kept_through(period, years=profile.years_kept),
        issued_at=now,
    )


def _copy_for(
    seller: UUID, paper: Paper, draft: Draft, house: House, number: DocumentNumber, *, now: datetime
) -> Paper:
    """A seller's copy: its own lines and totals alone, marked as a copy, without what the buyer pays and where to.

    The buyer's name is on it, for a seller's book must name whom it sold to (消費税法施行令, article 71, paragraph 1; read in
    the Agency's answers, not in the order itself); where the buyer lives and how it orders is none of the seller's affair.
    """
    buyer = replace(draft.recipient, address="", phone="", purchase_order="")
    own = replace(draft, recipient=buyer, composed=part_of_seller(draft.composed, seller), paid=None, reference=None)
    names = [draft.recipient.name, house.desk.name]
    copy = _paper(own, house, number, paper.counterparty_id, org_id=seller, names=names, now=now)
    copy.copy_of, copy.corrects_id = paper.id, None  # What its buyer was given is none of its affair, an id neither.
    copy.facts = msgspec.to_builtins(printed(own, house, str(number), copy=True))
    return copy


async def _keep(session: AsyncSession, paper: Paper, *, now: datetime) -> None:
    session.add(paper)
    await session.flush()
    after = {"kind": paper.kind, "number": paper.number, "total_minor": paper.total_minor}
    await events.record(
        session,
        "paper.issued",
        org_id=paper.org_id,
        party_ids=(DESK_ID,),
        subject_kind="paper",
        subject_id=paper.id,
        after=after | ({} if paper.copy_of is None else {"copy_of": str(paper.copy_of)}),
        now=now,
    )
    outbox.enqueue(session, "invoices.render", due=now, org_id=paper.org_id, paper_id=paper.id)
