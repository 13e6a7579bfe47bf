"""How does a provider have the registry's office look at its sheets before anything is typed (無効化事前確認)?"""

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.core.clock import utc_now
from app.core.db import AsyncSession, Database
from app.core.errors import InvalidState
from app.core.http.conditions import IfMatch
from app.core.scope import Scope
from app.retirements import errors, flow, operations
from app.retirements.http.tasks import TAGS, read_task_id, work_on
from app.retirements.models import RegistryTask, Retirement
from app.retirements.schemas import PrecheckAnswerIn, PrecheckIn, TaskOut

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@post(
    "/v1/registry-tasks/pre-check",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.TaskNotFound, InvalidState), "shows": (XLSX,)},
)
async def make_precheck(
    data: JSONBody[PrecheckIn], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> Response[bytes]:
    """The pre-check sheet of these tasks as a spreadsheet, one sheet for each mode; they count as asked about.

    The columns are ours: the office's own form is not published.
    """
    caller.needs("tasks:write")
    now = utc_now()
    content = await flow.make_precheck(db, caller, [read_task_id(each) for each in data.task_ids], now=now)
    headers = {"Content-Disposition": 'attachment; filename="pre-check.xlsx"', "Cache-Control": "no-store"}
    return Response(content, media_type=XLSX, headers=headers)


@post(
    "/v1/registry-tasks/{task_id:str}/pre-check-answer",
    status_code=200,
    tags=TAGS,
    opt={"errors": (errors.TaskNotFound, errors.PrecheckNotRequested)},
)
async def note_precheck_answer(
    task_id: FromPath[str],
    data: JSONBody[PrecheckAnswerIn],
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    if_match: IfMatch = None,
) -> Response[TaskOut]:
    """Note what the registry's office said of the task's pre-check."""
    now = utc_now()

    async def step(session: AsyncSession, _: Retirement, task: RegistryTask) -> None:
        await operations.note_precheck_answer(session, caller, task, answer=data.answer, now=now)

    return await work_on(db, caller, task_id, if_match, step)


routes = [make_precheck, note_precheck_answer]
