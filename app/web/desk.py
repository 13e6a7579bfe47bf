"""The page on which a provider's people work through their registry tasks by keyboard: a shell that a script fills."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from app.core.errors import NotFound
from app.core.terms import Terms
from app.identity.models import Role
from app.identity.rules import rights_of
from app.web.desk_words import desk_words_in, spoken_in
from app.web.site import FOR_EVER, language_of, page

_FOLDER: Final = Path(__file__).parent / "static" / "desk"
_MEDIA_TYPES: Final = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Text can never become markup: the browser refuses what would make it so."""


class DeskFiles(NamedTuple):
    """The desk's scripts and its style sheet. The folder's name changes with any of them: browsers keep them for ever."""

    folder: str
    contents: dict[str, bytes]


@get("/desk", include_in_schema=False, opt={"any_query": True})
async def show_desk(request: Request[Any, Any, Any], terms: NamedDependency[Terms]) -> Response[bytes]:
    """The empty desk. It knows nobody: who signs in is told by the API what is theirs."""
    language = language_of(request)
    return page(
        "desk.html",
        language=language,
        path="/desk",
        query={},
        words=desk_words_in,
        policy=_POLICY,
        issuer=terms.issuer_name,
        files=f"/static/{desk_files().folder}",
        spoken=spoken_in(language),
        writers=_roles("provider", "tasks:write"),
        releasers=_roles("operator", "admin"),
    )


@get("/static/{folder:str}/{name:str}", include_in_schema=False)
async def show_desk_file(folder: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """One of the desk's files, under the folder's present name alone."""
    files = desk_files()
    content = files.contents.get(name)
    if folder != files.folder or content is None:
        raise NotFound("There is no such file.")
    headers = {"Cache-Control": FOR_EVER, "ETag": f'"{folder}-{name}"'}
    return Response(content, media_type=_MEDIA_TYPES[Path(name).suffix], headers=headers)


def _roles(kind: str, right: str) -> str:
    """Whose step the page offers. What a role may do is decided where it is asked for, not here."""
    return " ".join(role for role in Role if right in rights_of(kind, role))


@cache
def desk_files() -> DeskFiles:
    """Every file of the desk. They do not change while we run."""
    contents = {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir()) if path.suffix in _MEDIA_TYPES}
    digest = hashlib.sha256()
    for name, content in contents.items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return DeskFiles(f"desk-{digest.hexdigest()[:12]}", contents)


routes: list[HTTPRouteHandler] = [show_desk, show_desk_file]
