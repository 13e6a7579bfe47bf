"""How does a page of ours leave the house? Its language, its template, its style sheet, its headers."""

import hashlib
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response

from app.core.http.language import Language, preferred_language
from app.core.http.mount import mounted
from app.web.words import words_in

_FOLDER: Final = Path(__file__).parent
FOR_EVER: Final = "public, max-age=31536000, immutable"
"""For what changes its name with its content."""
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_JAPANESE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]")
# Not strftime: these must not follow the machine's locale.
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class StyleSheet(NamedTuple):
    """The one style sheet; its name changes with its content, so that browsers may keep it for ever."""

    name: str
    content: bytes


def language_of(request: Request[Any, Any, Any]) -> Language:
    """`?lang=ja` or `?lang=en` when the reader chose, else what the browser prefers."""
    match request.query_params.get("lang"):
        case "ja":
            return "ja"
        case "en":
            return "en"
    return preferred_language(request.headers.get("accept-language", ""))


def page(
    template: str,
    *,
    language: Language,
    path: str,
    query: dict[str, str],
    status: int = 200,
    words: Callable[[Language], dict[str, str]] = words_in,
    policy: str = _POLICY,
    **shown: object,
) -> Response[bytes]:
    """A whole page in these words. `path` and `query` are its own address, to which the language switch adds `lang`."""
    html = (
        _environment()
        .get_template(template)
        .render(
            lang=language,
            other="en" if language == "ja" else "ja",
            t=words(language),
            o=words("en" if language == "ja" else "ja"),
            switch={to: f"{path}?{urlencode({**query, 'lang': to})}" for to in ("ja", "en")},
            style=f"/static/{style_sheet().name}",
            **shown,
        )
    )
    content = mounted(html).encode()
    headers = {
        "Content-Language": language,
        "Vary": "Accept-Language",
        "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        "Cache-Control": "public, max-age=60" if status == 200 else "no-store",
        "Content-Security-Policy": policy,
    }
    return Response(content, status_code=status, media_type="text/html; charset=utf-8", headers=headers)


def is_japanese(text: str) -> bool:
    """Whether a name holds a Japanese character: what a browser needs to know to choose its font."""
    return _JAPANESE.search(text) is not None


def dated(day: date, language: Language) -> str:
    """A day as it is written: 2026年11月20日, 20 November 2026."""
    if language == "ja":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


@cache
def style_sheet() -> StyleSheet:
    """The style sheet with its hashed name. The file does not change while we run."""
    content = (_FOLDER / "static" / "site.css").read_bytes()
    return StyleSheet(f"site-{hashlib.sha256(content).hexdigest()[:12]}.css", content)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["dated"] = dated
    made.filters["is_japanese"] = is_japanese
    return made
