"""Which pages may anybody open? The first page, a certificate's page with its PDF and JSON, and the check of a number."""

from typing import Any, Final
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from app.certificates import queries
from app.certificates.errors import CertificateNotRendered
from app.certificates.models import PublicCertificate
from app.certificates.rules import read_number, sha256_hex
from app.core.db import Database
from app.core.errors import NotFound, Unavailable
from app.core.http.language import Language
from app.core.terms import Terms
from app.web.sheet import sheet_of
from app.web.site import FOR_EVER, language_of, page, style_sheet
from app.web.words import energy_words_in, words_in
from integrations.storage.client import Files, FilesUnavailable

_ANY_QUERY: Final = {"any_query": True}
"""A link that others shared may carry their parameters: a page does not refuse them."""
_TYPED_MAX: Final = 40
_FROZEN: Final = "public, max-age=300"


@get("/", include_in_schema=False, opt=_ANY_QUERY)
async def show_home(request: Request[Any, Any, Any], terms: NamedDependency[Terms]) -> Response[bytes]:
    """What this desk is."""
    return page("home.html", language=language_of(request), path="/", query={}, issuer=terms.issuer_name)


@get("/verify", include_in_schema=False, opt=_ANY_QUERY)
async def verify(
    request: Request[Any, Any, Any], db: NamedDependency[Database], terms: NamedDependency[Terms]
) -> Response[bytes]:
    """The form's door: on to the certificate's page, however the number was typed."""
    typed = request.query_params.get("number", "").strip()
    if not typed:
        return _moved("/", request, 302)
    number = read_number(typed.rpartition("/")[2])  # Some paste the whole address.
    if number is not None:
        return _moved(f"/c/{number}", request, 302)
    await _found(db, number)  # As long as for a number that could be one.
    return _not_found(typed, request, terms)


@get("/c/{name:str}", include_in_schema=False, opt=_ANY_QUERY)
async def show_certificate(
    name: FromPath[str],
    request: Request[Any, Any, Any],
    db: NamedDependency[Database],
    files: NamedDependency[Files],
    terms: NamedDependency[Terms],
) -> Response[bytes]:
    """A certificate's page, or with `.pdf` or `.json` behind the number its files."""
    typed, suffix = _split(name)
    number = read_number(typed)
    if number is not None and typed != number:
        return _moved(f"/c/{number}{suffix}", request, 308)
    found = await _found(db, number)
    match suffix:
        case ".pdf":
            return await _pdf(found, files)
        case ".json":
            return _json(found)
    if found is None:
        return _not_found(typed, request, terms)
    async with db.public() as session:
        compared = await queries.compared_as_of(session, found)
    language = language_of(request)
    sheet = sheet_of(found, language, compared)
    words = words_in if sheet.carbon else energy_words_in
    return page(
        "certificate.html",
        language=language,
        path=f"/c/{number}",
        query={},
        words=words,
        issuer=sheet.facts.issuer,
        sheet=sheet,
    )


@get("/static/{name:str}", include_in_schema=False)
async def show_static(name: FromPath[str]) -> Response[bytes]:
    """The style sheet, under the name that its content has."""
    sheet = style_sheet()
    if name != sheet.name:
        raise NotFound("There is no such file.")
    headers = {"Cache-Control": FOR_EVER, "ETag": f'"{sheet.name}"'}
    return Response(sheet.content, media_type="text/css; charset=utf-8", headers=headers)


def _split(name: str) -> tuple[str, str]:
    for suffix in (".pdf", ".json"):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)], suffix
    return name, ""


async def _found(db: Database, number: str | None) -> PublicCertificate | None:
    """The certificate; what cannot be a number is looked for all the same, so that no answer comes sooner."""
    async with db.public() as session:
        return await queries.public_certificate(session, number or "")


async def _pdf(found: PublicCertificate | None, files: Files) -> Response[bytes]:
    if found is None:
        raise NotFound("No certificate has this number.")
    if found.pdf_key is None:
        raise CertificateNotRendered("Ask again in a moment.", retry_after_s=5)
    try:
        content = await files.get(found.pdf_key)
    except FilesUnavailable as error:
        raise Unavailable("The store of documents does not answer.", retry_after_s=5) from error
    assert sha256_hex(content) == found.pdf_sha256, f"the file of certificate {found.number} was changed"
    headers = {
        "ETag": f'"{found.pdf_sha256}"',
        "Cache-Control": _FROZEN,
        "Content-Disposition": f'inline; filename="{found.number}.pdf"',
    }
    return Response(content, media_type="application/pdf", headers=headers)


def _json(found: PublicCertificate | None) -> Response[bytes]:
    if found is None:
        raise NotFound("No certificate has this number.")
    headers = {"ETag": f'"{found.contents_sha256}"', "Cache-Control": _FROZEN}
    return Response(found.contents, media_type="application/json", headers=headers)


def _not_found(typed: str, request: Request[Any, Any, Any], terms: Terms) -> Response[bytes]:
    """One answer for what cannot be a number and for a number that nobody has."""
    shown = typed if len(typed) <= _TYPED_MAX else typed[:_TYPED_MAX] + "…"
    language: Language = language_of(request)
    return page(
        "not_found.html",
        language=language,
        path="/verify",
        query={"number": shown},
        status=404,
        issuer=terms.issuer_name,
        typed=shown,
    )


def _moved(path: str, request: Request[Any, Any, Any], status: int) -> Response[bytes]:
    """On to another address of ours; a language that was chosen stays chosen."""
    chosen = request.query_params.get("lang")
    query = f"?{urlencode({'lang': chosen})}" if chosen in {"ja", "en"} else ""
    return Response(b"", status_code=status, headers={"Location": path + query, "Cache-Control": "no-store"})


routes: list[HTTPRouteHandler] = [show_home, verify, show_certificate, show_static]
