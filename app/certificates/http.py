"""Which doors lead to certificates: a list for their owner, the frozen facts for everybody."""

from uuid import UUID

from litestar import Response, get
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath

from app.certificates import queries
from app.certificates.models import Certificate
from app.certificates.rules import CertificateContents, read_number
from app.certificates.schemas import CertificateOut
from app.core.db import Database
from app.core.errors import NotFound
from app.core.http.expand import Expanding
from app.core.http.paging import Cursor, Limit
from app.core.pages import LIMIT_DEFAULT, Cursors, Listed, PageOut
from app.core.scope import Scope


@get("/v1/certificates", tags=["Certificates"], opt={"expand": ("retirement", "retirement.holding")})
async def list_certificates(
    caller: NamedDependency[Scope],
    db: NamedDependency[Database],
    cursors: NamedDependency[Cursors],
    expanding: NamedDependency[Expanding],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Response[PageOut[CertificateOut]]:
    """Your certificates, newest first."""
    caller.needs("read")
    page = cursors.page(Listed("certificates", {}, "-id", caller.org_id), limit=limit, cursor=cursor)
    async with db.transaction(caller) as session:
        rows = await queries.page_of_certificates(session, caller, page)
        shown = cursors.answer(page, rows, key=_place, show=CertificateOut.of)
    return await expanding(caller, Response(shown))


@get(
    "/v1/certificates/{number:str}",
    tags=["Certificates"],
    responses={200: ResponseSpec(CertificateContents, description="The frozen facts, byte for byte")},
    response_headers=[ResponseHeader(name="ETag", description="SHA-256 of the body", documentation_only=True)],
)
async def show_certificate(number: FromPath[str], db: NamedDependency[Database]) -> Response[bytes]:
    """What a certificate states, for everybody: canonical JSON (RFC 8785), frozen when it was issued."""
    async with db.public() as session:
        found = await queries.public_certificate(session, read_number(number) or "")
    if found is None:
        raise NotFound("No certificate has this number.")
    headers = {"ETag": f'"{found.contents_sha256}"', "Cache-Control": "public, max-age=60"}
    return Response(found.contents, media_type="application/json", headers=headers)


def _place(row: Certificate) -> tuple[UUID]:
    return (row.id,)


routes: list[HTTPRouteHandler] = [list_certificates, show_certificate]
