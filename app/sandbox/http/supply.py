"""How does a provider at a test desk get the operator's decisions at once, for itself and for its lots?"""

from litestar import post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from app.catalog.errors import IssuanceDiffers
from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import InvalidState
from app.core.ids import public_id, read_public_id
from app.core.scope import DESK_ID, Scope
from app.identity import operations as identity
from app.identity.errors import OrganisationNotFound
from app.identity.models import OrganisationStatus
from app.inventory import operations as inventory
from app.inventory.errors import CertificationMissing, EvidenceNotFound, LotConflict
from app.inventory.models import LotStatus
from app.sandbox.http.addressed import TAGS, ForgetsCallers, robot_of
from app.sandbox.schemas import DecidedEvidenceOut, StandingOut, StatusIn

_NOTE = "test"


@post(
    "/v1/test/evidence/{evidence_id:str}/accept",
    status_code=200,
    tags=TAGS,
    opt={"errors": (EvidenceNotFound, InvalidState, CertificationMissing, LotConflict, IssuanceDiffers)},
)
async def accept_own_evidence(
    evidence_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> DecidedEvidenceOut:
    """Have your evidence accepted at once: its lot is confirmed and sells."""
    caller.needs("inventory:write")
    found_id = read_public_id("evd", evidence_id)
    if found_id is None:
        raise EvidenceNotFound("No evidence has this id.")
    async with db.transaction(caller.with_party(DESK_ID)) as session:  # The desk decides about a provider's lot.
        evidence, lot = await inventory.accept_evidence(
            session, robot_of(caller), caller.org_id, found_id, note=_NOTE, now=utc_now()
        )
    if lot.status == LotStatus.DISPUTED:
        raise LotConflict("The lot is disputed now.")
    return DecidedEvidenceOut(public_id("evd", evidence.id), evidence.status)


@post(
    "/v1/test/evidence/{evidence_id:str}/reject",
    status_code=200,
    tags=TAGS,
    opt={"errors": (EvidenceNotFound, InvalidState)},
)
async def reject_own_evidence(
    evidence_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> DecidedEvidenceOut:
    """Have your evidence turned down at once: the lot stays as it is, and other evidence may follow."""
    caller.needs("inventory:write")
    found_id = read_public_id("evd", evidence_id)
    if found_id is None:
        raise EvidenceNotFound("No evidence has this id.")
    async with db.transaction(caller.with_party(DESK_ID)) as session:  # The desk decides about a provider's lot.
        evidence = await inventory.reject_evidence(
            session, robot_of(caller), caller.org_id, found_id, note=_NOTE, now=utc_now()
        )
    return DecidedEvidenceOut(public_id("evd", evidence.id), evidence.status)


@post(
    "/v1/test/organisations/{organisation_id:str}/status",
    status_code=200,
    tags=TAGS,
    opt={"errors": (OrganisationNotFound,)},
)
async def set_status(
    organisation_id: FromPath[str],
    data: JSONBody[StatusIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    callers: NamedDependency[ForgetsCallers],
) -> StandingOut:
    """Let your own organisation wait for approval, be turned away or be suspended, and see what its credentials open.

    Suspended or turned away they open nothing any more: only the operator, who may name any organisation, undoes it.
    """
    caller.needs("keys:write")
    org_id = read_public_id("org", organisation_id)
    if org_id is None or (org_id != caller.org_id and caller.org_kind != "operator"):
        raise OrganisationNotFound("There is no such organisation.")
    async with db.transaction(caller.with_party(org_id, DESK_ID)) as session:  # The desk decides about an organisation.
        found, changed = await identity.turn(session, caller, org_id, OrganisationStatus(data.status), now=utc_now())
    callers.forget(*changed)
    return StandingOut(public_id("org", found.org_id), found.status)


routes: list[HTTPRouteHandler] = [accept_own_evidence, reject_own_evidence, set_status]
