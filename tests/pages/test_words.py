"""Does every phrase of the pages exist in both languages, and is each one said somewhere?"""

import re
from pathlib import Path

import app.web
from app.web.words import ENERGY_WORDS, WORDS

JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
FOLDER = Path(app.web.__file__).parent / "templates"
DESK = "desk.html"
"""Its words are others: `test_desk_page` looks at them."""
TEMPLATES = [path.read_text() for path in FOLDER.glob("*.html") if path.name != DESK]


def test_every_phrase_is_japanese_in_one_column_and_english_in_the_other():
    for name, (japanese, english) in [*WORDS.items(), *ENERGY_WORDS.items()]:
        assert JAPANESE.search(japanese), name
        assert english, name
        assert not JAPANESE.search(english), name


def test_no_phrase_promises_neutrality_or_certifies_anybody():
    said = " ".join(text for words in (WORDS, ENERGY_WORDS) for pair in words.values() for text in pair).lower()
    for forbidden in (
        "neutral",
        "carbon-free",
        "eco-friendly",
        "環境にやさしい",
        "ゼロ",
        "certified provider",
        "認定事業者",
    ):
        assert forbidden not in said


def test_every_phrase_is_said_somewhere():
    named = set(re.findall(r"\b[to]\.([a-z_]+)", " ".join(TEMPLATES)))
    by_state = {"valid", "valid_means", "demonstration", "demonstration_means"}
    assert set(WORDS) == named | by_state
    assert set(ENERGY_WORDS) < set(WORDS)


def test_templates_never_switch_escaping_off_and_hold_no_styles():
    for template in [*TEMPLATES, (FOLDER / DESK).read_text().replace('<script type="module" src="{{ files }}/', "")]:
        assert not re.search(r"\|\s*safe|autoescape|style=|<script|<style", template.replace('rel="stylesheet"', ""))
