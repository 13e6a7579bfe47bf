"""What do our plain pages for developers look like? HTML without script, style from our own origin."""

from html import escape
from typing import Final

from litestar import Response, get
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler

from app.core.http.mount import mounted

STYLE_PATH: Final = "/docs/style.css"
_STYLE: Final = """\
:root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8884; border-radius: 6px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #8884; }
details { border: 1px solid #8884; border-radius: 6px; margin: .5rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; }
"""


def page(title: str, inside: str) -> Response[str]:
    """A whole page around HTML that is escaped already."""
    text = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="{STYLE_PATH}"></head>\n<body>\n<h1>{escape(title)}</h1>\n{inside}\n</body></html>\n'
    )
    return Response(mounted(text), media_type=MediaType.HTML)


def style_route() -> HTTPRouteHandler:
    """The style sheet of these pages."""

    @get(STYLE_PATH, include_in_schema=False)
    async def show_style() -> Response[str]:
        return Response(_STYLE, media_type=MediaType.CSS, headers={"Cache-Control": "public, max-age=3600"})

    return show_style
