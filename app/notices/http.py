"""Where does an organisation read what it was told of?"""

from typing import Final

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from app.core.clock import utc_now
from app.core.db import Database
from app.core.http.paging import Cursor, Limit
from app.core.ids import read_public_id
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope
from app.notices import operations, queries
from app.notices.errors import NoticeNotFound
from app.notices.schemas import NoticeOut, UnreadOut

_TAGS: Final = ["Notices"]


@get("/v1/notices", tags=_TAGS)
async def list_notices(
    *,
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    unread: FromQuery[bool] = False,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> PageOut[NoticeOut]:
    """What your organisation was told of, newest first; `unread=true`: what nobody has read yet."""
    caller.needs("read")
    page = cursors.page(Listed("notices", {"unread": unread}, "-id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        found = await queries.notices_of(session, caller, page, unread=unread)
        return cursors.answer(page, found, key=lambda row: (row.id,), show=NoticeOut.of)


@get("/v1/notices/unread-count", tags=_TAGS)
async def count_unread_notices(caller: NamedDependency[Scope], db: NamedDependency[Database]) -> UnreadOut:
    """How many notices nobody in your organisation has read."""
    caller.needs("read")
    async with db.transaction(caller) as session:
        return UnreadOut.of(await queries.unread_count(session, caller))


@post("/v1/notices/{notice_id:str}/read", status_code=200, tags=_TAGS, opt={"errors": (NoticeNotFound,)})
async def mark_notice_read(
    notice_id: FromPath[str], caller: NamedDependency[Scope], db: NamedDependency[Database]
) -> NoticeOut:
    """Mark a notice as read, for your whole organisation. Doing it again changes nothing."""
    caller.needs("read")
    wanted = read_public_id("ntc", notice_id)
    if wanted is None:
        raise NoticeNotFound("Your organisation has no notice with this id.")
    async with db.transaction(caller) as session:
        return NoticeOut.of(await operations.read(session, caller, wanted, now=utc_now()))


routes: Final = [list_notices, count_unread_notices, mark_notice_read]
