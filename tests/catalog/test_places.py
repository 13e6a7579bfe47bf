"""In which prefectures are the projects of the real list, and where is the list silent?"""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.rules import prefectures_of
from tests.catalog.lists import REAL
from tests.catalog.shipped import CODES, PREFECTURES, REGIONS

NAMES = [prefecture.name_ja for prefecture in PREFECTURES]


def test_there_are_47_prefectures_in_the_order_of_their_codes() -> None:
    assert [prefecture.code for prefecture in PREFECTURES] == [f"{n:02d}" for n in range(1, 48)]
    assert (PREFECTURES[0].name_ja, PREFECTURES[12].name_ja, PREFECTURES[46].name_ja) == ("北海道", "東京都", "沖縄県")
    assert len({prefecture.name_en for prefecture in PREFECTURES}) == len(set(NAMES)) == 47
    assert {prefecture.region_code for prefecture in PREFECTURES} == {region.code for region in REGIONS} - {
        "nationwide"
    }
    assert Counter(name[-1] for name in NAMES) == {"県": 43, "府": 2, "都": 1, "道": 1}


def test_each_prefecture_is_where_the_real_list_puts_it() -> None:
    """Projects in one prefecture are listed in its region; the list itself errs three times."""
    regions = {prefecture.code: prefecture.region_code for prefecture in PREFECTURES}
    names = {region.code: region.name_ja for region in REGIONS}
    apart = []
    for project in REAL.projects:
        found = prefectures_of(project.location, CODES)
        if len(found) == 1 and project.regions != (names[regions[found[0]]],):
            apart.append((project.location, project.regions))
    assert len(apart) == 3, apart


def test_how_many_locations_of_the_real_list_resolve() -> None:
    found = {(project.list_kind, project.number): prefectures_of(project.location, CODES) for project in REAL.projects}
    assert Counter(min(len(codes), 3) for codes in found.values()) == RESOLVED
    silent = Counter(project.location for project in REAL.projects if not found[project.list_kind, project.number])
    assert silent.most_common(2) == [("全国", 132), ("関東", 4)]
    assert sum(silent.values()) == 143
    assert {code for codes in found.values() for code in codes} == set(CODES.values()), "All 47 have projects."


RESOLVED = {0: 143, 1: 896, 2: 19, 3: 17}
"""Of 1,075 projects 932 name a prefecture; 3 stands for three and more."""


@pytest.mark.parametrize(
    ("location", "codes"),
    [
        ("長野県松本市", ["20"]),
        ("東京都府中市", ["13"]),
        ("京都府宇治市", ["26"]),
        ("京都府向日市 滋賀県大津市 東京都江東区", ["13", "25", "26"]),
        ("岐阜県山県市", ["21"]),
        ("山口県錦町、島根県吉賀町", ["32", "35"]),
        ("北海道北広島市", ["01"]),
        ("九州・山口県", ["35"]),
        ("全国", []),
        ("関東地方", []),
        ("広島", []),
        ("", []),
    ],
)
def test_a_location_is_read_by_full_names_only(location: str, codes: list[str]) -> None:
    assert prefectures_of(location, CODES) == codes


@given(st.lists(st.sampled_from(NAMES), max_size=6), st.sampled_from(["、", " ", "・", "／", "の"]))
def test_every_named_prefecture_is_found_and_no_other(named: list[str], between: str) -> None:
    location = between.join(f"{name}中央市" for name in named)
    assert prefectures_of(location, CODES) == sorted({CODES[name] for name in named})


@given(st.text(alphabet="市町村区郡あア・、 ", max_size=30))
def test_what_names_no_prefecture_stays_unknown(location: str) -> None:
    assert prefectures_of(location, CODES) == []
