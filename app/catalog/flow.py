"""How does a new desk get to know its registries and projects? From the lists that it ships with."""

from datetime import datetime
from pathlib import Path
from typing import Final

from app.catalog import operations
from app.catalog.rules import ProjectListReport, read_project_list
from app.core.db import Database
from app.core.text import decoded, lines_of

_LIST: Final = Path(__file__).parent / "reference" / "jcredit_projects.csv"
_LIST_SOURCE: Final = "J-クレジット制度ホームページ https://japancredit.go.jp/project/ (CC BY 4.0), 2024-06"
"""Told with every project. The licence asks for it; `reference/SOURCE.txt` has the whole story."""


async def load_reference(db: Database, now: datetime) -> ProjectListReport:
    """Load the registries and the J-Credit project list that we ship; a second time changes nothing.

    The report accounts for every row of the list. One transaction: all of it, or nothing.
    """
    report = _shipped_list()
    async with db.public() as session:
        await operations.load_registries(session)
        await operations.load_projects(session, report.projects, source=_LIST_SOURCE, now=now)
    return report


def _shipped_list() -> ProjectListReport:
    text, _ = decoded(_LIST.read_bytes())
    return read_project_list(lines_of(text))
