"""Is the desk's page a shell that says everything in both languages, runs nothing but our own files, and knows nobody?"""

import re
from pathlib import Path

import markupsafe
import pytest

import app.web
from app.identity.rules import rights_of
from app.reconciliation.models import DiscrepancyStatus
from app.reconciliation.rules import Action, Cause, DiscrepancyKind
from app.retirements.rules import NoticeState, TaskStatus
from app.retirements.rules.notice import FIELDS
from app.web.desk import desk_files
from app.web.desk_words import DESK_WORDS
from app.web.discrepancy_words import DISCREPANCY_WORDS
from app.web.words import WORDS
from tests.pages.test_certificate_page import ENGLISH_SENTENCE, JAPANESE, Seen

FOLDER = Path(app.web.__file__).parent
TEMPLATE = (FOLDER / "templates" / "desk.html").read_text()
SCRIPTS = {path.name: path.read_text() for path in sorted((FOLDER / "static" / "desk").glob("*.js"))}
STYLE = (FOLDER / "static" / "desk" / "desk.css").read_text()
SPOKEN = DESK_WORDS | DISCREPANCY_WORDS
BY_CODE = {
    "status": {each.value for each in TaskStatus},
    "notice": {each.value for each in NoticeState},
    "discrepancy": {each.value for each in DiscrepancyStatus},
    "kind": {each.value for each in DiscrepancyKind},
    "cause": {each.value for each in Cause},
    "action": {each.value for each in Action},
    "mode": {"serial", "total", "to_serial", "to_total"},
}
"""Phrases that are found by a code of the API: every code has one."""
MAKES_MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function|srcdoc"
)
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(")


def test_every_phrase_is_japanese_in_one_column_and_english_in_the_other() -> None:
    for name, (japanese, english) in SPOKEN.items():
        assert JAPANESE.search(japanese), name
        assert english, name
        assert not JAPANESE.search(english), name
        assert set(re.findall(r"\{\w+\}", japanese)) == set(re.findall(r"\{\w+\}", english)), name
    assert not SPOKEN.keys() & WORDS.keys() - {"quantity", "beneficiary", "purpose", "serials", "recorded_on"}
    assert not DESK_WORDS.keys() & DISCREPANCY_WORDS.keys()


def test_every_code_of_the_api_has_its_words() -> None:
    for prefix, codes in BY_CODE.items():
        missing = {f"{prefix}_{code}" for code in codes} - SPOKEN.keys()
        assert not missing, missing
    assert set(FIELDS) <= SPOKEN.keys(), "The fields of a notice."


def test_every_phrase_is_said_somewhere_and_nothing_else_is() -> None:
    scripts = "\n".join(SCRIPTS.values())
    named = set(re.findall(r"""say\("(\w+)\"""", scripts)) | set(re.findall(r"\bt\.([a-z_]+)", TEMPLATE))
    assert named <= SPOKEN.keys() | WORDS.keys(), named - SPOKEN.keys()
    by_code = {f"{prefix}_{code}" for prefix, codes in BY_CODE.items() for code in codes}
    verbs = set(re.findall(r"""(?:PRESS|FORM)\("([a-z-]+)\"""", SCRIPTS["steps.js"]))
    reasons = set(re.findall(r"""NONE\("([a-z_]+)\"""", SCRIPTS["steps.js"]))
    by_code |= {f"{kind}_{verb}" for kind in ("step", "told") for verb in verbs} | {"told_mode"}
    by_code |= {f"why_{reason}" for reason in reasons}
    assert by_code <= SPOKEN.keys(), by_code - SPOKEN.keys()
    spoken = {name for name in SPOKEN if f'"{name}"' in scripts or name in named | by_code}
    left = {name for name in SPOKEN.keys() - spoken - set(FIELDS) if not name.startswith("problem_")}
    assert not left, left


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_shell_is_whole_in_each_language(http, language):
    answer = await http.get("/desk", headers={"Accept-Language": language})
    assert (answer.status_code, answer.headers["content-language"]) == (200, language)
    seen = Seen(answer.text.replace("<kbd>", "<span>").replace("</kbd>", "</span>"))
    assert not JAPANESE.search(seen.texts["en"])
    assert not ENGLISH_SENTENCE.search(seen.texts["ja"])
    words = {name: pair[0 if language == "ja" else 1] for name, pair in SPOKEN.items()}
    for name, text in words.items():
        assert f'data-word="{name}">{markupsafe.escape(text)}</p>' in answer.text, name
    assert "noindex" in answer.text
    assert "/desk?lang=" in answer.text


async def test_the_page_runs_our_own_files_and_nothing_else(http):
    answer = await http.get("/desk")
    seen = Seen(answer.text)
    scripts = [given for tag, given in seen.tags if tag == "script"]
    assert scripts == [{"type": "module", "src": f"/static/{desk_files().folder}/main.js"}]
    assert not re.search(r"<script[^>]*>[^<]", answer.text), "No script stands in the page."
    assert not [given for _, given in seen.tags if "style" in given or any(name.startswith("on") for name in given)]
    policy = dict(each.strip().partition(" ")[::2] for each in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert {policy[f"{what}-src"] for what in ("script", "style", "connect")} == {"'self'"}
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    home = (await http.get("/")).headers["content-security-policy"]
    assert "script-src" not in home, "Other pages run nothing, as before."


async def test_the_files_are_kept_for_ever_under_the_name_of_their_contents(http):
    folder = desk_files().folder
    for name, text in SCRIPTS.items():
        answer = await http.get(f"/static/{folder}/{name}")
        assert (answer.status_code, answer.text) == (200, text)
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "immutable" in answer.headers["cache-control"]
        imported = re.findall(r'from "\./([\w.]+)"', text)
        assert set(imported) <= SCRIPTS.keys()
    style = await http.get(f"/static/{folder}/desk.css")
    assert style.headers["content-type"].startswith("text/css")
    for path in ("desk/main.js", "desk-000000000000/main.js", f"{folder}/nothing.js", f"{folder}/..%2Fsite.css"):
        assert (await http.get(f"/static/{path}")).status_code == 404, path


def test_no_script_makes_markup_of_text_and_none_keeps_a_token() -> None:
    for name, text in SCRIPTS.items():
        assert not MAKES_MARKUP.search(text), name
        assert not re.search(r"document\.cookie|[Tt]oken", text), name
        assert "https://" not in text, name
        assert len(text.splitlines()) <= 300, name
    assert MAKES_MARKUP.search("node.innerHTML = text")


def test_the_desk_has_the_sites_colours_and_no_others() -> None:
    """So the contrasts that `test_colours` measures are all that there are."""
    assert not COLOUR.search(STYLE)
    palette = set(re.findall(r"--([a-z-]+):", (FOLDER / "static" / "site.css").read_text()))
    assert set(re.findall(r"var\(--([a-z-]+)\)", STYLE)) <= palette
    assert ":focus-visible" in STYLE
    assert "outline: none" not in STYLE
    assert "outline: 0" not in STYLE


async def test_the_page_offers_steps_to_the_roles_that_may_take_them(http):
    (given,) = [given for tag, given in Seen((await http.get("/desk")).text).tags if given.get("id") == "desk"]
    for role in ("owner", "admin", "trader", "approver", "viewer"):
        writes = "tasks:write" in rights_of("provider", role)
        assert (role in (given["data-writers"] or "").split()) == writes, role
        assert (role in (given["data-releasers"] or "").split()) == ("admin" in rights_of("operator", role)), role
