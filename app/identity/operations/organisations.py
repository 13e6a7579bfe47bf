"""How does an organisation come here, and who lets it trade?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.core import events
from app.core.db import AsyncSession
from app.core.errors import InvalidState
from app.core.scope import DESK_ID, Scope
from app.identity import rules
from app.identity.errors import DeskFounded, OrganisationNotFound
from app.identity.models import ApiKey, Member, Organisation, OrganisationKind, OrganisationStatus, ProviderKind
from app.identity.operations.credentials import NewKey, create_key, tell_rights_changed
from app.identity.operations.members import NewMember, add_member


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """An organisation to be stored, checked by `rules.wrong_about_company` and `rules.wrong_about_name`."""

    org_id: UUID
    kind: OrganisationKind
    name: str
    corporate_number: str | None
    invoice_number: str | None
    provider_kind: ProviderKind | None
    opened_through: tuple[UUID, UUID] | None = None
    """(owner, storefront) for a buyer that came through a storefront."""
    approved: bool = False
    """Whether a provider needs no decision of the operator's: a sandbox."""


async def sign_up(
    session: AsyncSession, new: NewOrganisation, owner: NewMember, key: NewKey, *, now: datetime
) -> tuple[Organisation, Member, ApiKey]:
    """Store an organisation with its first owner and first key; the transaction names it and the desk.

    A provider begins `pending`, others `active`. Raises EmailTaken (409).
    """
    organisation = await _insert(session, new, now=now)
    assert organisation is not None, "an id was made twice"
    member = await add_member(session, owner, org_id=new.org_id, now=now)
    first_key = await create_key(session, key, org_id=new.org_id, created_by=member.id, now=now)
    return organisation, member, first_key


async def open_buyer(
    session: AsyncSession, new: NewOrganisation, owner: NewMember | None, *, now: datetime
) -> tuple[Organisation, Member | None]:
    """Store a storefront's buyer, with its first owner if there is one; the transaction names it, the desk and the
    storefront's owner. It gets no key: a page of the storefront would see it. Raises EmailTaken (409).
    """
    assert new.opened_through is not None, "A buyer of nobody's signs up."
    organisation = await _insert(session, new, now=now)
    assert organisation is not None, "an id was made twice"
    member = None if owner is None else await add_member(session, owner, org_id=new.org_id, now=now)
    return organisation, member


async def found_desk(
    session: AsyncSession, *, name: str, owner: NewMember, now: datetime
) -> tuple[Organisation, Member]:
    """Store the operator's own organisation under DESK_ID, once per installation. Raises DeskFounded (409)."""
    desk = NewOrganisation(DESK_ID, OrganisationKind.OPERATOR, name, None, None, None)
    organisation = await _insert(session, desk, now=now)
    if organisation is None:
        raise DeskFounded("The desk has been founded already.")
    return organisation, await add_member(session, owner, org_id=DESK_ID, now=now)


async def decide(
    session: AsyncSession, scope: Scope, org_id: UUID, decision: rules.Decision, *, note: str | None, now: datetime
) -> tuple[Organisation, tuple[bytes, ...]]:
    """The operator approves or rejects a pending organisation; the transaction names both.

    Returns it with the hashes of credentials whose rights have changed. Raises OrganisationNotFound (404),
    InvalidState (409) naming the state found.
    """
    found = await session.scalar(
        select(Organisation)
        .where(Organisation.org_id == org_id, Organisation.desk_id == scope.org_id)
        .with_for_update()
    )
    if found is None:
        raise OrganisationNotFound("There is no such organisation.")
    status = rules.decided_status(found.status, decision)
    if status is None:
        raise InvalidState(f"The organisation is {found.status}; only a pending one is decided on.", state=found.status)
    before = {"status": str(found.status)}
    await _write(session, found, OrganisationStatus(status), decided_by=scope.actor_id, note=note, now=now)
    kind = f"organisation.{'approved' if decision == 'approve' else 'rejected'}"
    await _record(session, kind, found, before=before, after={"status": status, "note": note}, now=now)
    return found, await tell_rights_changed(session, org_id, member_id=None)


async def turn(
    session: AsyncSession, scope: Scope, org_id: UUID, status: OrganisationStatus, *, now: datetime
) -> tuple[Organisation, tuple[bytes, ...]]:
    """Put an organisation into any status, for a test desk; the transaction names it and the desk.

    Returns it with the hashes of credentials whose rights have changed. Raises OrganisationNotFound (404), also for
    the desk itself.
    """
    asked = select(Organisation).where(Organisation.org_id == org_id, Organisation.org_id != DESK_ID)
    found = await session.scalar(asked.with_for_update())
    if found is None:
        raise OrganisationNotFound("There is no such organisation.")
    if found.status == status:
        return found, ()
    before = {"status": str(found.status)}
    await _write(session, found, status, decided_by=scope.actor_id, note="test", now=now)
    await _record(session, f"organisation.{status}", found, before=before, after={"status": str(status)}, now=now)
    return found, await tell_rights_changed(session, org_id, member_id=None)


async def _insert(session: AsyncSession, new: NewOrganisation, *, now: datetime) -> Organisation | None:
    owner_id, storefront_id = new.opened_through or (None, None)
    organisation = await session.scalar(
        insert(Organisation)
        .values(
            org_id=new.org_id,
            kind=new.kind,
            name=new.name,
            corporate_number=new.corporate_number,
            invoice_number=new.invoice_number,
            provider_kind=new.provider_kind,
            status=rules.first_status(new.kind, approved=new.approved),
            storefront_id=storefront_id,
            storefront_owner_id=owner_id,
            created_at=now,
        )
        .on_conflict_do_nothing(constraint="pk_organisation")
        .returning(Organisation)
    )
    if organisation is not None:
        told = {
            "kind": str(new.kind),
            "status": str(organisation.status),
            "name": new.name,
            "corporate_number": new.corporate_number,
            "invoice_number": new.invoice_number,
        }
        await _record(session, "organisation.signed_up", organisation, before=None, after=told, now=now)
    return organisation


async def _write(
    session: AsyncSession,
    organisation: Organisation,
    status: OrganisationStatus,
    *,
    decided_by: UUID,
    note: str | None,
    now: datetime,
) -> None:
    changed = await session.scalar(
        update(Organisation)
        .where(Organisation.org_id == organisation.org_id, Organisation.desk_id == organisation.desk_id)
        .values(
            status=status, decided_by=decided_by, decided_at=now, decision_note=note, version=Organisation.version + 1
        )
        .returning(Organisation)
        .execution_options(populate_existing=True)
    )
    assert changed is organisation, "a locked row was hidden from its own update"


async def _record(
    session: AsyncSession,
    kind: str,
    organisation: Organisation,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    now: datetime,
) -> None:
    """The organisation's own event; the desk may read it, and the owner of the storefront that brought it."""
    await events.record(
        session,
        kind,
        org_id=organisation.org_id,
        subject_kind="organisation",
        subject_id=organisation.org_id,
        before=before,
        after=after,
        party_ids=(DESK_ID,)
        if organisation.storefront_owner_id is None
        else (DESK_ID, organisation.storefront_owner_id),
        now=now,
    )
