"""How does a document become a PDF?"""

import asyncio
import io
from datetime import UTC, date, datetime, time
from pathlib import Path

import msgspec
import segno
import typst

from integrations.documents.client import CertificateFacts, DocumentRefused, HoldingsReport, ReportLine
from integrations.documents.glyphs import FONTS
from integrations.documents.paper import PaperFacts
from integrations.documents.paper_page import papered

_FOLDER = Path(__file__).parent
# Not strftime: these must not follow the machine's locale.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class TypstDocuments:
    """Sets documents with Typst: no clock, no network, no system fonts. Share one: it holds the fonts (11 MB)."""

    def __init__(self) -> None:
        self._fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])

    async def certificate(self, facts: CertificateFacts) -> bytes:
        """One A4 page as PDF/A-2b, tagged, fonts embedded. Raises DocumentRefused."""
        inputs = {"facts": msgspec.json.encode(printed(facts)).decode(), "qr": qr_svg(facts.verify_url)}
        return await self._set("certificate", inputs, facts.issued_on, name=f"certificate {facts.number}")

    async def report(self, facts: HoldingsReport) -> bytes:
        """A4 pages as PDF/A-2b, tagged, fonts embedded. Raises DocumentRefused."""
        inputs = {"facts": msgspec.json.encode(reported(facts)).decode()}
        return await self._set("report", inputs, facts.made_on, name=f"report of {facts.day}")

    async def paper(self, facts: PaperFacts) -> bytes:
        """A quotation, invoice or another paper for accountants: A4 as PDF/A-2b, tagged. Raises DocumentRefused."""
        inputs = {"facts": msgspec.json.encode(papered(facts)).decode()}
        return await self._set("paper", inputs, facts.issued_on, name=f"{facts.kind} {facts.number}")

    async def _set(self, template: str, inputs: dict[str, str], on: date, *, name: str) -> bytes:
        return await asyncio.to_thread(self._render, template, inputs, on, name)  # Typst lets other threads run.

    def _render(self, template: str, inputs: dict[str, str], on: date, name: str) -> bytes:
        try:
            return typst.compile(
                str(_FOLDER / f"{template}.typ"),
                root=str(_FOLDER),
                font_paths=self._fonts,
                sys_inputs=inputs,
                format="pdf",
                pdf_standards=["a-2b"],
                timestamp=datetime.combine(on, time(), tzinfo=UTC),
            )
        except typst.TypstError as refused:
            raise DocumentRefused(f"{name}: {refused.message}") from refused


def printed(facts: CertificateFacts) -> dict[str, object]:
    """The facts as the template reads them: plain JSON, with numbers and dates also as they are written."""
    page: dict[str, object] = msgspec.to_builtins(facts)
    page["quantity_text"] = f"{facts.quantity:,}"
    page["recorded_text"] = _written(facts.recorded_on)
    page["issued_text"] = _written(facts.issued_on)
    page["lines"] = [msgspec.to_builtins(line) | {"quantity_text": f"{line.quantity:,}"} for line in facts.lines]
    return page


def reported(facts: HoldingsReport) -> dict[str, object]:
    """The report as its template reads it: plain JSON, with numbers as they are written."""
    page: dict[str, object] = msgspec.to_builtins(facts)
    page["sums"], page["projects"] = ([_line(each) for each in lines] for lines in (facts.sums, facts.projects))
    page["differences"], page["differing_units"] = f"{facts.differences:,}", f"{facts.differing_units:,}"
    for name, seen in (("active", facts.active), ("retired", facts.retired)):
        page[name] = None if seen is None else msgspec.to_builtins(seen) | {"units": f"{seen.units:,}"}
    return page


def _line(line: ReportLine) -> dict[str, str]:
    told: dict[str, object] = msgspec.to_builtins(line)
    return {name: f"{value:,}" if isinstance(value, int) else str(value) for name, value in told.items()}


def qr_svg(url: str) -> str:
    """The address as a QR code without border (the page is its quiet zone), error correction M."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, dark="#1c2733")
    return out.getvalue().decode()


def _written(day: date) -> dict[str, str]:
    return {"ja": f"{day.year}年{day.month}月{day.day}日", "en": f"{day.day} {_MONTHS[day.month - 1]} {day.year}"}
