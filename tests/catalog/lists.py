"""The real project list, and how a test makes a list of its own."""

import csv
import io
from pathlib import Path

import app.catalog
from app.catalog.rules import ListKind, read_project_list
from app.core.text import decoded, lines_of

REFERENCE = Path(app.catalog.__file__).parent / "reference"
CONTENT = (REFERENCE / "jcredit_projects.csv").read_bytes()
TEXT = decoded(CONTENT)[0]
HEADER, *ROWS = csv.reader(io.StringIO(TEXT, newline=""))
REAL = read_project_list(lines_of(TEXT))
PROJECTS = {(project.list_kind, project.number): project for project in REAL.projects}
HEADINGS = {
    ListKind.JCREDIT_NORMAL: "【J-クレジット】一覧(通常型)",
    ListKind.JCREDIT_PROGRAMME: "【J-クレジット】一覧(プログラム型)",
    ListKind.DOMESTIC_NORMAL: "【国内クレジット】一覧(通常型)",
    ListKind.DOMESTIC_PROGRAMME: "【国内クレジット】一覧(プログラム型)",
    ListKind.JVER_NORMAL: "【J-VER】一覧(通常型)",
}
NUMBER, APPLIED, COMMITTEE, OPERATOR, TAKER, SUMMARY, LOCATION, REGION, METHODOLOGY, ENDS, ESTIMATE, KIND = range(12)
GOOD_ROW = [
    "1",
    "2013/10/8 0:00",
    "1",
    "庄内ミート株式会社",
    "-",
    "食品工場におけるボイラーの更新",
    "山形県鶴岡市",
    "東北",
    "EN-S-001\r\nVer. 1.0",
    "2021/3/31 0:00",
    "561",
    HEADINGS[ListKind.JCREDIT_NORMAL],
]


def listed(*rows, header=HEADER):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return read_project_list(lines_of(text.getvalue()))


def changed(place, cell):
    return [*GOOD_ROW[:place], cell, *GOOD_ROW[place + 1 :]]
