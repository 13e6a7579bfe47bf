"""Two companies buy through two customers' storefronts, each on an origin of its own; a third origin gets nothing."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Error, Route, expect

from tests.browser.desks import Desk
from tests.browser.shops import CEDAR, SOLAR, Shop, Street, open_street
from tests.browser.visitors import Visitor, visiting
from tests.world import PASSWORD

pytestmark = pytest.mark.browser
SEARCH = "/v1/listings"
UNREACHED = "The desk cannot be reached from here."
AFTER_THE_TOKEN = "14:30"
"""So long after the sign-in a token of fifteen minutes is about to end."""


@pytest.fixture(scope="module")
async def street(desk: Desk, site: Path, folder: Path) -> AsyncIterator[Street]:
    async with open_street(desk, site, folder) as made:
        yield made


async def test_two_companies_buy_from_two_origins_to_their_certificates(
    street: Street, browser: Browser, pictures: Path | None
) -> None:
    async with (
        visiting(browser, "green", pictures, locale="ja-JP") as one,
        visiting(browser, "blue", pictures) as other,
    ):
        first = await _signs_up_and_orders(one, street.green)
        second = await _signs_in_and_orders(other, street.blue, street.desk)
        await street.desk.bank_file(first, second)
        await _reads_certificate(one, "ご注文", "無効化が完了し、証明書が発行されました", "株式会社みなと商事")
        await _reads_certificate(other, "Your order", "Retired and certified", "Harbour Foods Ltd.")
        assert _told_by_the_browser(one) == _told_by_the_browser(other) == []
    assert await _orders_of(street.green, street.desk) == [("fulfilled", 40)]
    assert await _orders_of(street.blue, street.desk) == [("fulfilled", 25)]


async def test_a_page_signs_out_and_renews_a_token_before_it_ends(
    street: Street, browser: Browser, pictures: Path | None
) -> None:
    async with visiting(browser, "renewed", pictures) as visitor:
        await visitor.page.clock.install()
        await _opens(visitor, street.blue, "Blue Shop")
        await _asks_for(visitor, SOLAR, "2")
        await _signs_up(visitor, "Second Harbour Ltd.", "second@harbour.example")
        await visitor.press("Sign out")
        await visitor.fill("Sign in", E_mail="second@harbour.example", Password=PASSWORD)
        await visitor.press("Sign in")
        await visitor.sees("Order and retirement", "Second Harbour Ltd.")
        await visitor.page.clock.fast_forward(AFTER_THE_TOKEN)
        async with visitor.page.expect_response("**/v1/storefront-tokens/refresh") as renewed:
            await visitor.press("Place the order")
        assert (await renewed.value).status == 201
        await visitor.sees("Your order", "Waiting for your payment")


async def test_the_page_of_a_third_origin_is_refused_by_cors_and_its_key_by_name(
    street: Street, browser: Browser, pictures: Path | None
) -> None:
    """The same page with the first shop's own key, from an origin that is nobody's."""
    key, elsewhere = street.green.publishable_key, street.stranger.origin
    async with visiting(browser, "stranger", pictures) as visitor:
        await visitor.page.goto(elsewhere)
        await expect(visitor.page.get_by_role("alert")).to_contain_text("接続できませんでした。")
        await expect(visitor.page.get_by_role("listitem")).to_have_count(0)
        assert any("blocked by CORS policy" in line for line in visitor.said), visitor.said
        asked = [street.desk.url + SEARCH, {"headers": {"Authorization": f"Bearer {key}"}}]
        with pytest.raises(Error, match="Failed to fetch"):  # Also without a preflight, and without the key:
            await visitor.page.evaluate("([url, options]) => fetch(url, options)", asked)
        with pytest.raises(Error, match="Failed to fetch"):
            await visitor.page.evaluate("([url]) => fetch(url)", asked)
        await visitor.picture("refused")
    lines = {"lines": [{"listing_id": street.cedar, "quantity": 10}]}
    async with street.desk.caller(key, origin=elsewhere) as stranger:
        for answer in (
            await stranger.get(SEARCH),
            await stranger.get("/v1/storefront"),
            await stranger.post("/v1/quotes", json=lines),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
            assert "access-control-allow-origin" not in answer.headers
    async with street.desk.caller(key, origin=street.green.site.origin) as its_own:
        assert (await its_own.get(SEARCH)).headers["access-control-allow-origin"] == street.green.site.origin


async def test_one_shops_key_opens_nothing_on_the_others_origin(
    street: Street, browser: Browser, pictures: Path | None
) -> None:
    async with visiting(browser, "swapped", pictures) as visitor:
        swapped = {"desk": street.desk.url, "publishable_key": street.green.publishable_key}
        await visitor.page.route("**/config.json", lambda route: route.fulfill(json=swapped))
        await visitor.page.goto(street.blue.site.origin)
        await expect(visitor.page.get_by_role("alert")).not_to_be_empty()
        await expect(visitor.page.get_by_role("alert")).not_to_contain_text("接続できませんでした。")
        await visitor.picture("refused")
    async with street.desk.caller(street.green.publishable_key, origin=street.blue.site.origin) as client:
        answer = await client.get(SEARCH)
    assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")


async def test_a_page_shows_more_and_finds_what_it_is_asked_for(street: Street, browser: Browser) -> None:
    async with visiting(browser, "looking", None) as visitor:
        await visitor.page.route("**/v1/listings*", lambda route: route.continue_(url=_one_a_page(route.request.url)))
        await _opens(visitor, street.blue, "Blue Shop")
        await visitor.sees("Find credits", "1+ found")
        await visitor.press("Show more")
        await visitor.sees("Find credits", "2 found")
        await expect(visitor.page.get_by_role("button", name="Show more")).to_be_hidden()
        await visitor.fill("Find credits", Methodology="FO-001")
        await visitor.press("Search")
        await visitor.sees("Find credits", CEDAR)
        await expect(visitor.page.get_by_role("listitem")).to_have_count(1)


async def test_each_shop_shows_its_choice_and_a_refusal_at_the_field_it_is_about(
    street: Street, browser: Browser, pictures: Path | None
) -> None:
    async with visiting(browser, "choice", pictures) as visitor:
        await _opens(visitor, street.green, "Green Shop")
        await expect(visitor.page.get_by_role("listitem")).to_have_count(1)
        await _opens(visitor, street.blue, "Blue Shop")
        await expect(visitor.page.get_by_role("listitem")).to_have_count(2)
        await _asks_for(visitor, CEDAR, "3")
        await _is_refused(visitor, "Quote", "Quantity")
        await visitor.picture("too-few")
    async with street.desk.caller(street.green.publishable_key, origin=street.green.site.origin) as page:
        hidden = {"lines": [{"listing_id": street.solar, "quantity": 1}]}
        assert (await page.post("/v1/quotes", json=hidden)).json()["code"] == "listing_gone"
        assert (await page.get(f"{SEARCH}/{street.solar}")).status_code == 404


async def _signs_up_and_orders(visitor: Visitor, shop: Shop) -> tuple[str, int]:
    """A company that nobody knows yet, in Japanese; what its payer writes, and how many yen are due."""
    await visitor.page.goto(shop.site.origin)
    await visitor.sees("クレジットを探す", CEDAR)
    await expect(visitor.page.get_by_role("link", name="特定商取引法に基づく表記")).to_be_visible()
    await visitor.picture("found")
    await visitor.press("選ぶ")
    await visitor.fill("見積", 数量="40")
    await visitor.press("見積をとる")
    await visitor.sees("見積", "合計 ¥272,800（税込）")
    await visitor.picture("quoted")
    await visitor.fill(
        "はじめての方", 会社名="株式会社みなと商事", 担当者名="港 はるか", メールアドレス="gx@minato.example"
    )
    await visitor.fill("はじめての方", パスワード="短い")
    await visitor.press("登録する")
    await _is_refused(visitor, "はじめての方", "パスワード")
    await visitor.picture("short-password")
    await visitor.fill("はじめての方", パスワード=PASSWORD)
    await visitor.press("登録する")
    await visitor.sees("注文と無効化", "株式会社みなと商事")
    await visitor.fill("注文と無効化", 用途の詳細="秋の展示会")
    await visitor.picture("signed-up")
    await visitor.press("注文を確定する")
    await visitor.sees("ご注文", "お支払い待ち")
    await visitor.picture("ordered")
    return await _reference(visitor), 272_800


async def _signs_in_and_orders(visitor: Visitor, shop: Shop, desk: Desk) -> tuple[str, int]:
    """A company that signed up before, in English; what its payer writes, and how many yen are due."""
    member = {"email": "gx@harbour.example", "name": "Haru Harbour", "password": PASSWORD}
    wish = {"kind": "buyer", "name": "Harbour Foods Ltd.", "member": member}
    async with desk.caller(shop.publishable_key, origin=shop.site.origin) as page:
        assert (await page.post("/v1/organisations", json=wish)).status_code == 201
    await _opens(visitor, shop, "Blue Shop")
    await visitor.picture("found")
    await _asks_for(visitor, SOLAR, "25")
    await visitor.sees("Quote", "¥123,750 with tax")
    await visitor.fill("Sign in", E_mail=member["email"], Password="not the password")
    await visitor.press("Sign in")
    await expect(visitor.page.get_by_role("alert")).not_to_be_empty()
    await visitor.picture("wrong-password")
    await visitor.fill("Sign in", Password=PASSWORD)
    await visitor.press("Sign in")
    await visitor.sees("Order and retirement", "Harbour Foods Ltd.")
    await visitor.fill("Order and retirement", Retired_in_the_name_of="  ")
    await visitor.press("Place the order")
    await _is_refused(visitor, "Order and retirement", "Retired in the name of")
    await visitor.picture("nameless")
    await visitor.fill("Order and retirement", Retired_in_the_name_of="Harbour Foods Ltd.")
    await visitor.page.route("**/v1/orders", _loses_the_answer, times=1)
    await visitor.press("Place the order")
    await expect(visitor.page.get_by_role("alert")).to_contain_text(UNREACHED)
    await visitor.press("Place the order")
    await visitor.sees("Your order", "Waiting for your payment")
    await visitor.picture("ordered")
    return await _reference(visitor), 123_750


async def _loses_the_answer(route: Route) -> None:
    """The desk does what it was asked, and nobody hears of it."""
    assert (await route.fetch()).status == 201
    await route.abort()


async def _reads_certificate(visitor: Visitor, section: str, state: str, beneficiary: str) -> None:
    """The page itself learns that the money came and what the registry recorded; its link leads to the certificate."""
    await visitor.sees(section, state)
    await visitor.picture("certified")
    await visitor.section(section).get_by_role("link").click()
    await expect(visitor.page).to_have_url(re.compile("/c/[0-9A-Z-]{14}$"))
    await expect(visitor.page.get_by_role("main")).to_contain_text(beneficiary)
    await visitor.picture("certificate")


async def _opens(visitor: Visitor, shop: Shop, name: str) -> None:
    await visitor.page.goto(shop.site.origin)
    await visitor.press("English")
    await expect(visitor.page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    await visitor.sees("Find credits", "found")


async def _asks_for(visitor: Visitor, provider: str, quantity: str) -> None:
    offer = visitor.page.get_by_role("listitem").filter(has_text=provider)
    await offer.get_by_role("button").click()
    await visitor.fill("Quote", Quantity=quantity)
    await visitor.press("Get a quote")


async def _signs_up(visitor: Visitor, company: str, email: str) -> None:
    await visitor.fill("New here", Company=company, Your_name="Haru Harbour", E_mail=email, Password=PASSWORD)
    await visitor.press("Sign up")
    await visitor.sees("Order and retirement", company)


def _one_a_page(url: str) -> str:
    """The page's own request, with pages so short that two offers are too many."""
    return re.sub(r"\blimit=\d+", "limit=1", url)


async def _is_refused(visitor: Visitor, section: str, label: str) -> None:
    """The field is marked, says why, and is where the reader is."""
    field = visitor.section(section).get_by_label(re.compile(label))
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description(re.compile(r"\S"))
    await expect(field).to_be_focused()


async def _reference(visitor: Visitor) -> str:
    """What goes before the payer's name."""
    shown = await visitor.page.locator("#order-reference").inner_text()
    assert re.fullmatch(r"\d{11}", shown), shown
    return f"{shown} アオバ"


async def _orders_of(shop: Shop, desk: Desk) -> list[tuple[str, int]]:
    """What the shop's owner is told of its orders."""
    async with desk.caller(shop.owner.key) as owner:
        answer = await owner.get(f"/v1/storefronts/{shop.id}/orders")
    return [(each["status"], each["quantity"]) for each in answer.json()["data"]]


def _told_by_the_browser(visitor: Visitor) -> list[str]:
    """What the browser complained of, without the refusals that the visitor provoked."""
    return [line for line in visitor.said if not re.search(r"status of 4(01|22)|ERR_FAILED|Failed to fetch", line)]
