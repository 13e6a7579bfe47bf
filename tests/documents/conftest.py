"""What do the tests of certificates share: sample facts, the setter, and its text read back from the PDF?"""

import io
from datetime import date

import msgspec
import pypdf
import pytest

from integrations.documents.client import CertificateFacts, CertificateLine
from integrations.documents.typst import TypstDocuments

NORMAL = CertificateFacts(
    number="K7M2-9QXF-4HJD",
    verify_url="https://desk.example.jp/c/K7M2-9QXF-4HJD",
    issuer_name="株式会社オフセットデスク",
    issued_on=date(2026, 11, 23),
    quantity=213,
    unit="t",
    beneficiary_name="森鷗外記念音楽祭実行委員会",
    retired_by="みどり環境株式会社",
    purpose_ja="会議・イベントのオフセット",
    purpose_en="Offsetting of a conference or event",
    purpose_detail="第12回森鷗外記念音楽祭（2026年10月10日～12日、島根県津和野町）の開催に伴う排出量の一部",
    fiscal_year=2026,
    recorded_on=date(2026, 11, 20),
    registry_name_ja="J-クレジット登録簿システム",
    registry_name_en="J-Credit Registry System",
    registry_transaction="20261120-000482",
    reference="OD-01JD4Q8ZK3",
    evidence_ja="登録簿の明細と突合済み（2026年11月21日）",
    evidence_en="Matched with the registry's statement of 21 November 2026",
    lines=(
        CertificateLine(
            project_number="JCER-0412",
            project_name="津和野町有林における間伐促進プロジェクト",
            location="島根県津和野町",
            methodologies=("FO-001 森林経営活動",),
            vintage_from=date(2024, 4, 1),
            vintage_to=date(2025, 3, 31),
            serials=("JC-FM-0412-03-00000001 – JC-FM-0412-03-00000120",),
            quantity=120,
        ),
        CertificateLine(
            project_number="JCER-P43",
            project_name="中国地方の住宅における太陽光発電設備の導入",
            location="広島県ほか",
            methodologies=("EN-R-002 太陽光発電設備の導入",),
            vintage_from=date(2023, 4, 1),
            vintage_to=date(2024, 3, 31),
            serials=(
                "JCL-ER-P043-07-00010231 – JCL-ER-P043-07-00010300",
                "JCL-ER-P043-07-00010411 – JCL-ER-P043-07-00010433",
            ),
            quantity=93,
        ),
    ),
    demonstration=False,
)

_LONG_NAME = "北海道上川郡東川町および周辺市町村の公共施設と一般住宅における木質バイオマスボイラー更新及び断熱改修によるエネルギー転換促進プログラム型排出削減事業第二期追加分"

LONGEST = msgspec.structs.replace(
    NORMAL,
    quantity=1_234_567_890,
    beneficiary_name="一般社団法人" + "国際持続可能地域社会開発推進機構" * 3 + "連合会東京支",
    retired_by="特定非営利活動法人" + "全国森林資源循環利用推進協議会" * 2,
    purpose_detail=("第十二回持続可能な地域社会のための国際会議における会場の電力および空調ならびに参加者の移動" * 5)[
        :200
    ],
    registry_transaction="0197f2c4-7d1e-7c3a-9b52-4f8e6a1d2c30",
    lines=tuple(
        CertificateLine(
            project_number=f"JCER-P{number:03}",
            project_name=_LONG_NAME[:80].ljust(80, "他"),
            location="北海道上川郡東川町ほか",
            methodologies=("EN-S-001 ボイラーの導入", "EN-R-001 バイオマス固形燃料による化石燃料の代替"),
            vintage_from=date(2024, 4, 1),
            vintage_to=date(2025, 3, 31),
            serials=tuple(
                f"JCL-ER-P{number:03}-0{block}-0000000001 – JCL-ER-P{number:03}-0{block}-0000000100"
                for block in range(1, 5)
            ),
            quantity=205_761_315,
        )
        for number in range(1, 7)
    ),
)


@pytest.fixture(scope="session")
def documents() -> TypstDocuments:
    return TypstDocuments()


@pytest.fixture
def normal() -> CertificateFacts:
    """An event in Shimane, two projects, three serial ranges."""
    return NORMAL


@pytest.fixture
def longest() -> CertificateFacts:
    """60 characters of beneficiary, 200 of detail, six lines of four ranges and 80 characters of project name."""
    return LONGEST


class Printed:
    """A PDF read back: its text without the spaces and line ends that setting it added."""

    def __init__(self, content: bytes) -> None:
        self.reader = pypdf.PdfReader(io.BytesIO(content))
        self.pages = len(self.reader.pages)
        self.text = "".join("".join(page.extract_text() for page in self.reader.pages).split())

    def says(self, words: str) -> bool:
        return "".join(words.split()) in self.text

    def fonts(self) -> list[pypdf.generic.DictionaryObject]:
        kept = self.reader.pages[0]["/Resources"]["/Font"].values()
        return [font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in kept]


@pytest.fixture
def printed() -> type[Printed]:
    return Printed
