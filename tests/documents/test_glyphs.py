"""Do we know, before it is too late, which characters cannot be printed?"""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.documents.client import DocumentRefused
from integrations.documents.glyphs import unprintable


@pytest.mark.parametrize(
    "text",
    [
        "",
        "森鷗外",
        "㐂",
        "𠮷野家",
        "髙﨑塚",
        "株式会社ＡＢＣ㈱",
        "Zürich – 2026…",
        "が\u3099",
        "ｶﾞ",
        "\u3000 ",
        "①〜～－",
    ],
)
def test_names_of_people_and_companies_are_printable(text):
    assert unprintable(text) == []


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("祭り🎉です🎉", ["🎉"]),
        ("👨‍👩‍👧", ["👨", "\u200d", "👩", "👧"]),
        ("a\u0378b", ["\u0378"]),
        ("a\nb\tc\x00\x7f", ["\n", "\t", "\x00", "\x7f"]),
        ("abc\u202etxt\u200b", ["\u202e", "\u200b"]),
        ("\ue000\ud800\uffff", ["\ue000", "\ud800", "\uffff"]),
        ("สวัสดี"[:1], ["ส"]),
    ],
)
def test_what_has_no_shape_is_named_once_in_order(text, refused):
    assert unprintable(text) == refused


def test_a_variant_is_printable_only_after_a_character_that_has_it():
    assert unprintable("葛\U000e0100飾区 辻\U000e0100") == []
    assert unprintable("a\U000e0100") == ["\U000e0100"]
    assert unprintable("\U000e0100") == ["\U000e0100"]


@given(st.lists(st.characters(), max_size=12))
def test_a_text_is_printable_when_each_of_its_characters_is(characters):
    whole = set(unprintable("".join(characters)))
    alone = {character for character in characters if unprintable(character)}
    assert whole <= alone
    assert all("\ufe00" <= variant <= "\ufe0f" or "\U000e0100" <= variant <= "\U000e01ef" for variant in alone - whole)


@pytest.mark.parametrize("block", [(0x20, 0x17F), (0x2000, 0x26FF), (0x3000, 0x33FF), (0x1F000, 0x1F6FF)])
async def test_whatever_passes_the_check_can_be_set(documents, normal, block):
    fine = [chr(code) for code in range(*block) if not unprintable(chr(code))]
    assert fine
    for start in range(0, len(fine), 60):
        name = "".join(fine[start : start + 60])
        content = await documents.certificate(msgspec.structs.replace(normal, beneficiary_name=name))
        assert content.startswith(b"%PDF")


@pytest.mark.parametrize("character", ["🎉", "🚄", "\ue000", "ส", "ą", "₂"])
async def test_what_the_check_names_cannot_be_set(documents, normal, character):
    assert unprintable(character) == [character]
    with pytest.raises(DocumentRefused):
        await documents.certificate(msgspec.structs.replace(normal, beneficiary_name=f"a{character}b"))
