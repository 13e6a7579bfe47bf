"""How do an account's holder and a buyer agree to an invalidation in the holder's account?"""

from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.core.clock import utc_now
from app.core.db import Database
from app.core.ids import new_id, read_public_id
from app.core.scope import Scope
from app.inventory import queries as stock
from app.inventory.errors import AccountNotFound
from app.retirements import errors, operations, queries
from app.retirements.http.tasks import TAGS, read_task_id
from app.retirements.schemas import AgreementOut

_FOUND = errors.RetirementNotFound


@post(
    "/v1/registry-accounts/{registry_account_id:str}/consent",
    status_code=200,
    tags=TAGS,
    opt={"errors": (AccountNotFound,)},
)
async def consent_for_account(
    registry_account_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> AgreementOut:
    """Consent (許諾), as the account's holder, to invalidations by mandate of whoever bought credits in it.

    It holds for every task from now on; the second time the first consent is answered.
    """
    caller.needs("tasks:write")
    now, found = utc_now(), read_public_id("acc", registry_account_id)
    if found is None:
        raise AccountNotFound("You have no registry account with this id.")
    async with db.transaction(caller) as session:
        account = await stock.account_of(session, caller, found)
        row = await operations.consent_for_account(session, caller, account.id, consent_id=new_id(), now=now)
        return AgreementOut.given(row)


@post(
    "/v1/registry-tasks/{task_id:str}/consent",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.TaskNotFound,)},
)
async def consent_for_task(
    task_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> AgreementOut:
    """Consent (許諾), as the account's holder, to this one invalidation."""
    caller.needs("tasks:write")
    now = utc_now()
    async with db.transaction(caller) as session:
        [task] = await queries.tasks_named(session, caller, [read_task_id(task_id)])
        row = await operations.consent_for_task(session, caller, task, consent_id=new_id(), now=now)
        return AgreementOut.given(row)


@post("/v1/retirements/{retirement_id:str}/mandate", status_code=200, tags=["Retirements"], opt={"errors": (_FOUND,)})
async def give_mandate(
    retirement_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> AgreementOut:
    """Mandate (委任) the account's holder: what signing off does, for retirements signed off before it did."""
    caller.needs("retirements:sign_off")
    now, found = utc_now(), _retirement_id(retirement_id)
    async with db.transaction(caller) as session:
        provider_id = await queries.provider_of(session, caller.org_id, found)
    async with db.transaction(caller.with_party(provider_id)) as session:  # The mandate is given to the provider.
        row = await queries.locked(session, caller.org_id, found)
        return AgreementOut.given(await operations.give_mandate(session, row, given_by=caller.actor_id, now=now))


def _retirement_id(text: str) -> UUID:
    found = read_public_id("ret", text)
    if found is None:
        raise errors.RetirementNotFound("You have no retirement with this id.")
    return found


routes = [consent_for_account, consent_for_task, give_mandate]
