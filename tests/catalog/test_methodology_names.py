"""Methodology codes and versions as project lists write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.rules import methodology_name


@pytest.mark.parametrize(
    ("text", "code", "versions", "version"),
    [
        ("EN-S-001\r\nVer. 1.1", "EN-S-001", ("1.1",), "1.1"),
        ("EN-S-001 Ver. 1.1", "EN-S-001", ("1.1",), "1.1"),
        ("ＥＮ－Ｓ－００１　Ｖｅｒ．１．１", "EN-S-001", ("1.1",), "1.1"),
        ("FO-001ver 4.1", "FO-001", ("4.1",), "4.1"),
        ("FO-001Ver 2.4", "FO-001", ("2.4",), "2.4"),
        ("AG-005\nVer.2.10", "AG-005", ("2.10",), "2.10"),
        ("FO-001", "FO-001", (), None),
        ("001", "001", (), None),
        ("001-A", "001-A", (), None),
        ("R001", "R001", (), None),
        ("E014", "E014", (), None),
        ("SS-E004", "SS-E004", (), None),
        ("EN-R-002 Ver. 1.0および1.1", "EN-R-002", ("1.0", "1.1"), None),
        ("EN-R-002 Ver. 1.0、Ver. 1.1", "EN-R-002", ("1.0", "1.1"), None),
    ],
)
def test_code_and_version_are_read(text, code, versions, version):
    name = methodology_name(text)
    assert name is not None
    assert (name.code, name.versions, name.version) == (code, versions, version)


@pytest.mark.parametrize(
    "text",
    ["", "-", "方法論", "EN-S-01", "EN-S-001 Ver.", "EN-S-001 Ver. 1.x", "EN-S-001 1.0", "EN-S-001, EN-S-002", "0001"],
)
def test_what_is_no_known_code_is_not_guessed(text):
    assert methodology_name(text) is None


@given(
    st.from_regex(r"(EN-[SR]|IN|AG|WA|FO)-[0-9]{3}", fullmatch=True),
    st.integers(0, 99),
    st.integers(0, 99),
    st.sampled_from([" Ver. ", "\r\nVer. ", "ver ", "Ver.", "　ＶＥＲ．"]),
)
def test_every_way_to_write_a_version_gives_the_same_version(code, major, minor, between):
    name = methodology_name(f"{code}{between}{major}.{minor}")
    assert name == (code, (f"{major}.{minor}",))


@given(st.text(max_size=40))
def test_no_text_makes_the_reader_raise(text):
    name = methodology_name(text)
    assert name is None or name.code
