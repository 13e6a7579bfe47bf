"""How does a new desk get to know its registries and projects? From the lists that it ships with."""

from datetime import datetime
from pathlib import Path
from typing import Final

from app.catalog import operations, queries
from app.catalog.rules import (
    ProjectListReport,
    read_eligibility,
    read_labels,
    read_methodologies,
    read_permanence,
    read_prefectures,
    read_project_list,
    read_regions,
)
from app.core.db import Database
from app.core.ids import new_id
from app.core.request_id import new_request_id
from app.core.scope import DESK_ID, Scope
from app.core.text import decoded, lines_of

_SHIPPED: Final = Path(__file__).parent / "reference"
_LIST_SOURCE: Final = "J-クレジット制度ホームページ https://japancredit.go.jp/project/ (CC BY 4.0), 2024-06"
"""Told with every project. The licence asks for it; `reference/SOURCE.txt` has the whole story."""


async def load_reference(db: Database, now: datetime) -> ProjectListReport:
    """Load the reference tables and the J-Credit project list that we ship; a second time changes nothing.

    The report accounts for every row of the list. One transaction: all of it, or nothing. Where a new release says
    something else of projects that are known, their listings are shown again by jobs.
    """
    report = _shipped_list()
    facts = [
        *read_eligibility(_text("eligibility.csv")),
        *read_labels(_text("labels.csv")),
        *read_permanence(_text("permanence.csv")),
    ]
    async with db.transaction(Scope.of_system(DESK_ID, new_request_id(new_id()))) as session:
        is_new = not await queries.knows_projects(session)
        await operations.load_registries(session)
        places = read_regions(_text("regions.csv")), read_prefectures(_text("prefectures.csv"))
        await operations.load_places(session, *places)
        await operations.load_projects(session, report.projects, source=_LIST_SOURCE, now=now)
        await operations.load_methodologies(session, read_methodologies(_text("methodologies.csv")), now=now)
        changed = await operations.load_facts(session, facts, now=now)
        if not is_new:
            await operations.show_changed_again(session, changed, now=now)
        await operations.index_words(session, None)
    return report


def _shipped_list() -> ProjectListReport:
    return read_project_list(lines_of(_text("jcredit_projects.csv")))


def _text(name: str) -> str:
    return decoded((_SHIPPED / name).read_bytes())[0]
