"""How is a registry task finished at a test desk, where nobody sits at a registry?"""

from litestar import post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import InvalidState
from app.core.ids import public_id, read_public_id
from app.core.scope import DESK_ID, Scope
from app.retirements import queries
from app.retirements.errors import TaskNotFound
from app.sandbox import flow, operations
from app.sandbox.http.addressed import TAGS
from app.sandbox.schemas import FinishedTaskOut
from integrations.storage.client import Files


@post(
    "/v1/test/registry-tasks/{task_id:str}/finish",
    status_code=200,
    tags=TAGS,
    opt={"errors": (TaskNotFound, InvalidState)},
)
async def finish_registry_task(
    task_id: FromPath[str],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    files: NamedDependency[Files],
) -> FinishedTaskOut:
    """Have your task prepared, checked, carried out today and released, by made-up people; the certificate follows."""
    caller.needs("tasks:write")
    found, now = read_public_id("tsk", task_id), utc_now()
    if found is None:
        raise TaskNotFound("You have no registry task with this id.")
    async with db.transaction(caller) as session:
        buyer_id = (await queries.task_of(session, caller, found)).buyer_id
    notice = await flow.keep_notice(files, caller, found)
    async with db.transaction(caller.with_party(buyer_id, DESK_ID)) as session:  # All three are parties.
        retirement, task = await queries.locked_task(session, caller.org_id, found)
        await operations.finish_task(session, caller, retirement, task, notice=notice, now=now)
        written = public_id("ret", task.retirement_id)
        return FinishedTaskOut(task_id.lower(), task.status, written, task.registry_transaction or "")


routes: list[HTTPRouteHandler] = [finish_registry_task]
