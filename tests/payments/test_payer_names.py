"""Do two spellings of one payer fold to one, and is what differs measured the same from both sides?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.rules import new_reference
from app.payments.rules.matching import folded_payer, similarity
from app.payments.rules.matching.distance import distance
from app.payments.rules.matching.names import SAME, letters_of, likeness, slips_allowed

AOBA = "アオバシヨクヒン"


@pytest.mark.parametrize(
    "spelling",
    [
        "ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ",
        "カ）アオバシヨクヒン",
        "(ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ",
        "ｱｵﾊﾞｼﾖｸﾋﾝ(ｶ",
        "ｱｵﾊﾞｼﾖｸﾋﾝ(ｶ)",
        "ｱｵﾊﾞｼﾖｸﾋﾝ （ｶ",
        "株式会社アオバショクヒン",
        "アオバショクヒン㈱",
        "（株）あおばしょくひん",
        "カブシキガイシャ　アオバショクヒン",
        "ｶﾌﾞｼｷ ｶﾞｲｼﾔ ｱｵﾊﾞ ｼﾖｸﾋﾝ",
        "アオバ・ショクヒン",
        "アオバ-ショクヒン",
        "アオバ　ショクヒン",
        "アオーバシヨクヒン",
        "ｱｵﾊﾞｼｮｸﾋﾝ",
        "カ゛) アオバショクヒン".replace("カ゛", "カ"),
        f"{new_reference(7)} ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ",
        f"{new_reference(7)}ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ",
        f"ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ{new_reference(7)}",
        "123-4567-8901 ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ",
        "振込 ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ",
        "振込＊カ）アオバシヨクヒン",
        "フリコミ ｱｵﾊﾞｼﾖｸﾋﾝ(ｶ",
        "ﾌﾘｺﾐ1 ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ",
        "ｿｳｷﾝ ｱｵﾊﾞｼﾖｸﾋﾝ",
    ],
)
def test_what_banks_and_payers_put_around_a_name_does_not_count(spelling):
    assert folded_payer(spelling) == AOBA
    assert similarity(spelling, "アオバシヨクヒン") == SAME


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("77ｷﾞﾝｺｳ", "77ギンコウ"),
        ("3Mｼﾞﾔﾊﾟﾝ", "3Mジヤパン"),
        ("ﾖｼ)ﾀﾛｳ", "ヨシタロウ"),
        ("ﾌﾘｺﾐｼﾖｳｼﾞ", "フリコミシヨウジ"),
        ("ｿｳｷﾝｼﾔ", "ソウキンシヤ"),
        ("青葉食品株式会社", "青葉食品"),
        ("ﾅｶﾑﾗ ﾘｴ", "ナカムラリエ"),
        ("ヲダ", "オダ"),
        ("ABC ﾄﾗﾍﾞﾙ", "ABCトラベル"),
        ("ｲ)ｱｵﾊﾞｶｲ", "アオバカイ"),
        ("一般社団法人アオバ", "アオバ"),
        ("ｱｵﾊﾞ(ｶ)ﾁﾊﾞｼﾃﾝ", "アオバチバシテン"),
        ("12345678901", ""),
        ("ｶ)", ""),
        ("振込", "振込"),
        ("", ""),
    ],
)
def test_what_belongs_to_a_name_stays(text, folded):
    assert folded_payer(text) == folded


NAMES = st.text(
    alphabet="アイオカキシヤユガパヴッャーぁカブイ)（(.-･ 1234５フリコミ振込株式会社㈱法人Aa゛", max_size=25
)


@given(NAMES | st.text(max_size=25))
def test_folding_twice_changes_nothing(text):
    once = folded_payer(text)
    assert folded_payer(once) == once


@given(NAMES, NAMES)
def test_likeness_is_the_same_from_both_sides_and_whole_only_for_one_name(a, b):
    found = similarity(a, b)
    assert found == similarity(b, a)
    assert 0 <= found <= SAME
    assert (found == SAME) == (folded_payer(a) == folded_payer(b))


WORDS = st.text(alphabet="アイウエ", max_size=9)


def by_table(a, b):
    rows = [[place + other if 0 in {place, other} else 0 for other in range(len(b) + 1)] for place in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(WORDS, WORDS)
def test_the_distance_is_that_of_the_whole_table(a, b):
    assert distance(a, b) == distance(b, a) == by_table(a, b)


@pytest.mark.parametrize(
    ("a", "b", "slips"),
    [
        ("", "", 0),
        ("アオバ", "", 3),
        ("アオバ", "アオハ", 1),
        ("アオバ", "オアバ", 1),
        ("アオバ", "アバ", 1),
        ("アイウ", "ウイア", 2),
    ],
)
def test_a_slip_of_the_pen_counts_one(a, b, slips):
    assert distance(a, b) == slips


@given(WORDS, WORDS, st.integers(1, SAME))
def test_no_two_names_are_passed_over_that_are_alike_enough(a, b, least):
    if a == b or likeness(a, b) < least:
        return
    allowed = slips_allowed(max(len(a), len(b)), least)
    assert distance(a, b) <= allowed
    assert (letters_of(a) ^ letters_of(b)).bit_count() <= 2 * distance(a, b)


def test_one_wrong_letter_of_eight_is_an_eighth():
    assert similarity(AOBA, "アオハシヨクヒン") == 8_750
    assert similarity(AOBA, "ミドリシヨウジ") < 3_000
