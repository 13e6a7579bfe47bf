"""Text that people typed: decoding, tidying, comparing."""

import csv
import io
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.text import (
    MAX_ROW_CHARS,
    csv_rows,
    decoded,
    folded,
    has_control_characters,
    is_blank_mark,
    lines_of,
    narrow,
    tidy_line,
    typed_date,
)

anything = st.text(st.characters(exclude_categories=["Cs"]))
cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=20)


@given(anything)
def test_folding_twice_is_folding_once(text):
    assert folded(folded(text)) == folded(text)


@given(anything)
def test_composition_and_width_do_not_count_in_comparison(text):
    assert folded(unicodedata.normalize("NFD", text)) == folded(text)
    assert folded(narrow(text)) == folded(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｊ－クレジット", "j-ｸﾚｼﾞｯﾄ"),
        ("株式会社　山田", "株式会社 山田"),
        ("ＥＮ－Ｓ－００１\r\nVer. 1.1", "en-s-001 ver. 1.1"),
        ("が", "か\u3099"),
        ("STRASSE", "Straße"),
    ],
)
def test_texts_that_people_call_the_same_are_folded_to_the_same(one, other):
    assert folded(one) == folded(other)


def test_folding_keeps_kanji_that_only_look_alike_apart():
    assert folded("日鰻") != folded("日饅")


@given(anything)
def test_a_tidy_line_is_tidy_and_loses_only_spaces(text):
    line = tidy_line(text)
    assert tidy_line(line) == line
    assert not set(line) & set("\r\n\t\u3000")
    assert "  " not in line
    assert [c for c in line if c != " "] == [c for c in text if tidy_line(f"x{c}x") != "x x"]


def test_a_tidy_line_keeps_what_was_typed_otherwise():
    assert tidy_line(" 大阪ガス\r\n\r\n株式会社　ＦＴ　 ") == "大阪ガス 株式会社 ＦＴ"


@pytest.mark.parametrize("text", ["", " ", "　", "-", "－", "ー", "‐", "―", "−", "ｰ", " - \r\n", "--"])
def test_a_blank_mark_says_nothing(text):
    assert is_blank_mark(text)


@pytest.mark.parametrize("text", ["0", "堺市", "-1", "なし", "A-", "サー"])
def test_a_word_or_a_number_is_no_blank_mark(text):
    assert not is_blank_mark(text)


@pytest.mark.parametrize("char", ["\0", "\x1b", "\x7f", "\x85", "\u200b", "\u202e", "\u2066", "\ufeff", "\ud800"])
def test_characters_that_cannot_be_seen_are_found(char):
    assert has_control_characters(f"JC{char}1")


@pytest.mark.parametrize("text", ["", "備考\r\n二行目\t", "鷗𠮷", "葛\U000e0100城市"])
def test_line_ends_and_rare_kanji_are_no_control_characters(text):
    assert not has_control_characters(text)


@given(anything.filter(lambda text: not text.startswith("\ufeff")))
def test_utf8_is_decoded_with_and_without_its_mark(text):
    assert decoded(text.encode()) == (text, "utf-8")
    assert decoded(text.encode("utf-8-sig")) == (text, "utf-8-sig")


@given(st.text(alphabet="あ漢字ｱ①髙ソ表能ＡaZ,\r\n", min_size=1))
def test_cp932_is_decoded_unless_it_also_is_utf8(text):
    content = text.encode("cp932")
    found, encoding = decoded(content)
    assert found.encode("cp932" if encoding == "cp932" else "utf-8") == content
    if any(char in text for char in "あ漢字①髙ソ表能Ａ"):
        assert (found, encoding) == (text, "cp932")


def decoded_or_refused(content):
    try:
        return decoded(content)
    except ValueError as refusal:
        return str(refusal)


@given(st.binary())
def test_any_bytes_are_decoded_or_refused_with_a_byte_position(content):
    match decoded_or_refused(content):
        case (text, encoding):
            assert text.encode(encoding).decode(encoding) == text
            assert encoding == "cp932" or text.encode(encoding) == content
        case sentence:
            assert "at byte" in sentence or "see byte" in sentence


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"abc\xff", "UTF-8 (see byte 3) nor CP932 (see byte 3)"),
        ("数量".encode("utf-16"), "UTF-8 (see byte 0) nor CP932 (see byte 0)"),
        (b"\xef\xbb\xbfabc\xff", "but is not at byte 6"),
        ("数量".encode("cp932") + b"\x80", "nor CP932 (see byte 4)"),
        ("数".encode("cp932") + b"\x81", "nor CP932 (see byte 2)"),
    ],
)
def test_the_byte_that_cannot_be_read_is_named(content, said):
    with pytest.raises(ValueError) as refused:
        decoded(content)
    assert said in str(refused.value)


def test_full_width_signs_become_ascii_and_circled_digits_do_not():
    assert narrow("２０２４／４／１　ＪＣ①²") == "2024/4/1 JC①²"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-04-01", date(2024, 4, 1)),
        ("2024/4/1", date(2024, 4, 1)),
        ("2013/10/8 0:00", date(2013, 10, 8)),
        ("２０２４／４／１", date(2024, 4, 1)),
        ("2024/4-1", None),
        ("2023/2/29", None),
        ("0000/1/1", None),
        ("24/4/1", None),
        ("2024年4月1日", None),
        ("2024-04-01 12:00", None),
        ("", None),
    ],
)
def test_a_typed_date_is_read_or_is_none(text, day):
    assert typed_date(text) == day


@given(st.dates())
def test_every_date_is_read_as_it_is_written(day):
    assert typed_date(day.isoformat()) == day
    assert typed_date(f"{day.year:04}/{day.month}/{day.day} 0:00") == day


@given(st.lists(st.lists(cells, min_size=1, max_size=4), max_size=6), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_csv_rows_are_what_was_written_with_their_numbers(rows, line_end, marked):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    found = list(csv_rows(lines_of(("\ufeff" if marked else "") + text.getvalue())))
    expected = [(n, tuple(row)) for n, row in enumerate(rows, 1) if any(tidy_line(cell) for cell in row)]
    assert [(row.number, row.cells) for row in found] == expected
    assert all(row.broken is None for row in found)


@given(anything)
def test_no_text_makes_the_csv_reader_raise(text):
    found = list(csv_rows(lines_of(text)))
    assert all(row.broken is None for row in found[:-1])


def test_an_unclosed_quote_ends_the_reading_and_is_told():
    first, second = csv_rows(lines_of('a,b\r\n1,"2\r\n3,4\r\n'))
    assert first.cells == ("a", "b")
    assert (second.number, second.cells) == (2, ())
    assert second.broken == "unexpected end of data"


def test_an_endless_row_is_given_up_before_it_fills_the_memory():
    def endless():
        yield "a,b\n"
        yield '"'
        while True:
            yield "x" * 1_000 + '","\n'

    *_, last = csv_rows(endless())
    assert last.broken == f"row longer than {MAX_ROW_CHARS} characters"
