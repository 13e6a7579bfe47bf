"""Can anybody check a certificate in a browser, in either language, with nothing but the number?"""

import hashlib
import re
from html.parser import HTMLParser

import pytest

from app.certificates.rules import new_number, read_contents
from tests.certificates.retired_rows import CANARY_MINOR

JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
ENGLISH_SENTENCE = re.compile(r"[A-Za-z]+(?: [a-z]+){2,}")
HOSTILE = '<script>alert("x")</script>\' onload="y" & {{ 7*7 }}'
VOID = {"meta", "link", "br", "input"}


class Seen(HTMLParser):
    """A page's text by the language that its markup gives it, and what it is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: dict[str, str] = {"ja": "", "en": ""}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._languages: list[str] = []
        self.feed(html)
        self.close()
        assert self._languages == []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag not in VOID:
            self._languages.append(given.get("lang") or (self._languages[-1] if self._languages else ""))

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        self._languages.pop()

    def handle_data(self, data):
        if data.strip():
            self.texts[self._languages[-1]] += data + "\n"

    def links(self) -> list[str]:
        return [given["href"] or "" for tag, given in self.tags if tag == "a"]


@pytest.fixture
async def built(build, desk):
    made = await build.retirement()
    await desk.certify(made)
    return made


@pytest.fixture
async def number(built, desk) -> str:
    return (await desk.row(built))["number"]


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_the_page_shows_every_fact(http, desk, built, number, language):
    answer = await http.get(f"/c/{number}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert answer.headers["content-language"] == language
    seen = Seen(answer.text)
    shown = seen.texts["ja"] + seen.texts["en"]
    row = await desk.row(built)
    facts = read_contents(row["contents"])
    for span in facts.lines[0].serials:
        assert f"{span.first} –\n{span.last}\n" in shown
    own_words = facts.purpose.ja if language == "ja" else facts.purpose.en
    day = "2026年11月20日" if language == "ja" else "20 November 2026"
    for fact in (
        *(number, "63", facts.beneficiary_name, facts.retired_by, facts.purpose_detail, own_words, day),
        *(facts.reference, "20261120-000482", "第1回認証", facts.lines[0].summary, facts.issuer, facts.verify_url),
        *(row["pdf_sha256"], row["contents_sha256"], "https://japancredit.go.jp/"),
        *(getattr(facts.evidence, language), getattr(facts.does_not_state, language)),
    ):
        assert fact in shown
    assert f"/c/{number}.pdf" in seen.links()
    assert f"/c/{number}.json" in seen.links()


@pytest.mark.parametrize("path", ["/", "/c/{number}", "/c/AAAA-AAAA-AAAA", "/verify?number=x"])
async def test_each_language_is_complete_and_every_phrase_says_which_it_is(http, number, path):
    for language in ("ja", "en"):
        answer = await http.get(path.format(number=number), headers={"Accept-Language": language})
        seen = Seen(answer.text)
        assert not JAPANESE.search(seen.texts["en"])
        japanese = seen.texts["ja"]
        assert not ENGLISH_SENTENCE.search(japanese)
        assert seen.tags[0] == ("html", {"lang": language})
        assert len(seen.texts[language]) > 100


async def test_english_pages_keep_japanese_only_where_it_is_a_name_or_the_other_title(http, number, built):
    seen = Seen((await http.get(f"/c/{number}?lang=en")).text)
    story = built.story
    names = {
        "日本語",
        "カーボン・クレジット無効化証明書",
        story.beneficiary_name,
        story.provider_name,
        story.purpose_detail,
    }
    names |= {
        "津和野町有林における 間伐促進プロジェクト",
        "島根県津和野町",
        "津和野町",
        "第1回認証",
        "株式会社オフセットデスク",
    }
    names |= {"EN-R-001 Ver. 1.3および1.7"}
    assert set(seen.texts["ja"].split("\n")) - {""} == names


async def test_the_language_is_the_browser_s_until_the_reader_chooses(http, number):
    japanese = await http.get(f"/c/{number}", headers={"Accept-Language": "ja,en;q=0.5"})
    assert f"/c/{number}?lang=en" in Seen(japanese.text).links()
    english = await http.get(f"/c/{number}?lang=en", headers={"Accept-Language": "ja"})
    assert (japanese.headers["content-language"], english.headers["content-language"]) == ("ja", "en")
    assert "Accept-Language" in english.headers["vary"].split(", ")


async def test_a_page_needs_no_script_and_nobody_else_s_server(http, number):
    answer = await http.get(f"/c/{number}")
    seen = Seen(answer.text)
    assert not [tag for tag, _ in seen.tags if tag in {"script", "style", "iframe", "img", "object"}]
    assert not [given for _, given in seen.tags if "style" in given or any(name.startswith("on") for name in given)]
    fetched = [given["href"] for tag, given in seen.tags if tag == "link" and given["rel"] in {"stylesheet", "icon"}]
    assert len(fetched) == 2
    for address in fetched:
        assert address.startswith(("/static/", "data:"))
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy


async def test_the_style_sheet_is_kept_for_ever_under_its_hash(http):
    page = Seen((await http.get("/")).text)
    (address,) = [given["href"] for tag, given in page.tags if tag == "link" and given["rel"] == "stylesheet"]
    answer = await http.get(address)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert hashlib.sha256(answer.content).hexdigest()[:12] in address
    assert b"url(" not in answer.content
    assert b"@import" not in answer.content
    assert (await http.get("/static/site.css")).status_code == 404


async def test_the_files_are_the_frozen_bytes_under_the_printed_hashes(http, desk, built, number):
    row = await desk.row(built)
    pdf, facts = await http.get(f"/c/{number}.pdf"), await http.get(f"/c/{number}.json")
    assert hashlib.sha256(pdf.content).hexdigest() == row["pdf_sha256"]
    assert pdf.headers["etag"] == f'"{row["pdf_sha256"]}"'
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"] == f'inline; filename="{number}.pdf"'
    assert facts.content == row["contents"]
    assert facts.headers["etag"] == f'"{row["contents_sha256"]}"'
    assert facts.headers["content-type"] == "application/json"
    for answer in (pdf, facts):
        again = await http.get(answer.request.url.path, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


async def test_a_changed_file_is_never_served(http, desk, built, number, tmp_path):
    stored = tmp_path / "files" / (await desk.row(built))["pdf_key"]
    stored.write_bytes(stored.read_bytes() + b"x")
    answer = await http.get(f"/c/{number}.pdf")
    assert answer.status_code == 500
    assert b"%PDF" not in answer.content


async def test_before_the_pdf_is_there_the_page_says_so(http, build, desk):
    built = await build.retirement()
    await desk.issue(built)
    number = (await desk.row(built))["number"]
    japanese, english = await http.get(f"/c/{number}?lang=ja"), await http.get(f"/c/{number}?lang=en")
    assert "PDFを準備しています" in japanese.text
    assert "The PDF is being prepared" in english.text
    assert f"/c/{number}.pdf" not in Seen(english.text).links()
    answer = await http.get(f"/c/{number}.pdf")
    assert (answer.status_code, answer.json()["code"]) == (404, "certificate_not_rendered")
    assert (await http.get(f"/c/{number}.json")).status_code == 200


async def test_a_simulated_certificate_says_so_in_both_languages_everywhere(http, build, desk):
    number = await desk.certify(await build.retirement(simulated=True))
    for language in ("ja", "en"):
        text = (await http.get(f"/c/{number}?lang={language}")).text
        assert "見本：何も証明しません" in text
        assert "Demonstration – proves nothing" in text
        assert 'class="band demonstration"' in text
        assert 'class="band valid"' not in text
        assert "noindex" in text
    assert (await http.get(f"/c/{number}.json")).json()["simulated"] is True


async def test_nothing_public_tells_the_price_the_order_or_the_buyer(http, built, number):
    for path in (f"/c/{number}", f"/c/{number}.json", f"/v1/certificates/{number}"):
        text = (await http.get(path)).text
        for secret in (CANARY_MINOR, f"{CANARY_MINOR:,}", built.story.buyer_name, built.order_id, built.org_id):
            assert str(secret) not in text


async def test_hostile_names_are_shown_as_they_are_and_do_nothing(http, build, desk):
    built = await build.retirement(
        beneficiary_name=HOSTILE, provider_name=HOSTILE, purpose_detail=HOSTILE, summary=HOSTILE, location=HOSTILE,
        methodologies=(HOSTILE,), registry_transaction=HOSTILE, serial_prefix='"><b>',
    )  # fmt: skip
    await desk.issue(built)
    await desk.owner.execute("update registry set home_url = 'javascript:alert(1)'")
    html = (await http.get(f"/c/{(await desk.row(built))['number']}?lang=en")).text
    seen = Seen(html)
    assert "<script" not in html
    assert not [given for _, given in seen.tags if "onload" in given]
    assert seen.texts["en"].count(HOSTILE) == 7
    assert not [link for link in seen.links() if not link.startswith(("/", "#", "https://"))]


async def test_the_longest_certificate_is_a_small_page(http, build, desk):
    built = await build.retirement(
        beneficiary_name="国" * 200, provider_name="環" * 200, purpose_detail="目" * 200, summary="概" * 300,
        location="所" * 300, methodologies=tuple(f"EN-S-0{n:02} Ver. 1.0" for n in range(40)),
        ranges=tuple((n * 10, n * 10 + 5) for n in range(1, 201)), serial_prefix="P" * 100,
    )  # fmt: skip
    await desk.issue(built)
    for language in ("ja", "en"):
        answer = await http.get(f"/c/{(await desk.row(built))['number']}?lang={language}")
        assert len(answer.content) <= 30_000
        assert ("ほか176区間" if language == "ja" else "and 176 more ranges") in answer.text


@pytest.mark.parametrize("suffix", ["", ".pdf", ".json"])
async def test_a_number_typed_otherwise_leads_to_the_canonical_address(http, number, suffix):
    for typed in (number.lower(), number.replace("-", ""), number.replace("0", "o")[::1].lower()):
        answer = await http.get(f"/c/{typed}{suffix}?lang=en&fbclid=1")
        assert answer.status_code == 308
        assert answer.headers["location"] == f"/c/{number}{suffix}?lang=en"
    assert (await http.get(f"/c/{number}{suffix}?fbclid=1")).status_code == 200


async def test_a_wrong_check_character_and_an_unknown_number_get_the_same_words(http, number):
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    unknown = new_number(99)
    pages = []
    for typed in (wrong, unknown):
        answer = await http.get(f"/c/{typed}", headers={"Accept-Language": "en"})
        assert answer.status_code == 404
        assert answer.headers["cache-control"] == "no-store"
        assert "the last one checks the others" in answer.text
        pages.append(answer.text.replace(typed, "TYPED"))
    assert pages[0] == pages[1]
    for suffix in (".pdf", ".json"):
        answers = [(await http.get(f"/c/{typed}{suffix}")).json() for typed in (wrong, unknown)]
        assert [answer["detail"] for answer in answers] == ["No certificate has this number."] * 2


async def test_what_was_typed_is_escaped_cut_and_asked_again(http):
    answer = await http.get("/verify", params={"number": HOSTILE + "x" * 500, "lang": "en"})
    assert answer.status_code == 404
    assert "<script" not in answer.text
    assert "x" * 100 not in answer.text
    (given,) = [given for tag, given in Seen(answer.text).tags if tag == "input" and given["name"] == "number"]
    assert (given["value"] or "").startswith("<script>alert(")


async def test_the_form_leads_to_the_certificate(http, number):
    home = Seen((await http.get("/?lang=ja")).text)
    (form,) = [given for tag, given in home.tags if tag == "form"]
    assert (form["action"], form["method"]) == ("/verify", "get")
    for typed in (number, f"  {number.lower()} ", f"https://desk.example.jp/c/{number}"):
        answer = await http.get("/verify", params={"number": typed, "lang": "ja"})
        assert (answer.status_code, answer.headers["location"]) == (302, f"/c/{number}?lang=ja")
    assert (await http.get("/verify")).headers["location"] == "/"


async def test_the_first_page_leads_to_the_documentation_and_the_lists(http):
    for language in ("ja", "en"):
        links = Seen((await http.get(f"/?lang={language}")).text).links()
        assert {"/docs", "/v1/listings", "/v1/projects"} <= set(links)
