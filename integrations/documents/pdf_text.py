"""What is written in a PDF that somebody handed in? Read in a thread, within bounds; a file is never trusted."""

import asyncio
import io
import logging
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pypdf import PageObject

PAGES_MAX: Final = 5
SIZE_MAX_BYTES: Final = 5_000_000
DRAWN_MAX_BYTES: Final = 1_000_000
"""The most drawing instructions of a page once they are unpacked: they are parsed before anybody can ask for the time."""
CHARS_MAX: Final = 50_000
SECONDS_MAX: Final = 5.0
_LOGGER: Final = logging.getLogger("offsetdesk.documents")


class _TooSlow(Exception):
    pass


async def pdf_text(content: bytes) -> str | None:
    """The text of the first pages; None where there is none to be read: scans, broken files, and what takes too long.

    The thread asks at every drawing instruction whether its time is over, so that it ends by itself.
    """
    if len(content) > SIZE_MAX_BYTES or not content.startswith(b"%PDF-"):
        return None
    return await asyncio.to_thread(_read, content, time.monotonic() + SECONDS_MAX)


def _read(content: bytes, ends_at: float) -> str | None:
    # Few processes ever read a PDF, and every one would load this library for half a second.
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    def still_in_time(*_: Any) -> None:
        if time.monotonic() > ends_at:
            raise _TooSlow

    pages = []
    try:
        reader = PdfReader(io.BytesIO(content))
        for page in reader.pages[:PAGES_MAX]:
            still_in_time()
            if _drawn_bytes(page) > DRAWN_MAX_BYTES:
                return None
            pages.append(page.extract_text(visitor_operand_before=still_in_time)[:CHARS_MAX])
    except (PyPdfError, _TooSlow, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        # pypdf raises any of these on files that are none; to us it is one thing: people type it.
        _LOGGER.info("a PDF could not be read", extra={"error": type(error).__name__})
        return None
    text = "\n".join(pages)[:CHARS_MAX]
    return text if text.strip() else None


def _drawn_bytes(page: "PageObject") -> int:
    """How many bytes of drawing instructions a page unpacks to, with the forms that it draws."""
    contents = page.get_contents()
    forms = page.get("/Resources", {}).get("/XObject", {}).values()
    drawn = [] if contents is None else [contents]
    drawn += [form for form in (each.get_object() for each in forms) if form.get("/Subtype") == "/Form"]
    return sum(len(each.get_data()) for each in drawn)
