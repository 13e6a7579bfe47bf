"""Is a paper found by its day, its amount and the other side's name, and by any of them together?"""

from itertools import combinations
from typing import Any

import asyncpg
import pytest

from app.core.period import day_in_japan
from app.core.scope import DESK_ID
from tests.invoices.counter import PROFILE, SELLERS_NUMBER, Counter
from tests.world import Party

Papers = list[dict[str, Any]]


@pytest.fixture(scope="module")
async def bought(counter: Counter) -> tuple[Party, Party, Papers]:
    """A buyer whose name is written in wide letters, with three invoices and a receipt."""
    seller = await counter.seller(SELLERS_NUMBER)
    buyer = await counter.buyer(name="ＡＢＣ環境ガバナンス株式会社", department="")
    orders = [
        await counter.fulfilled(buyer, (await counter.world.listing(seller, 50, price=price), 1))
        for price in (1_000, 2_000, 30_000)
    ]
    await buyer.post(f"/v1/orders/{orders[0]['id']}/receipt")
    return buyer, seller, await counter.papers(buyer, limit="100")


async def test_each_filter_and_any_of_them_together_find_what_they_say(
    counter: Counter, bought: tuple[Party, Party, Papers]
) -> None:
    buyer, _, papers = bought
    today = day_in_japan(counter.world.now()).isoformat()
    wanted = {
        "issued": ({"issued_from": today, "issued_through": today}, {paper["id"] for paper in papers}),
        "total": (
            {"total_from": "1000", "total_through": "2200"},
            {paper["id"] for paper in papers if paper["total"]["amount"] in {1_100, 2_200}},
        ),
        "kind": ({"kind": "invoice"}, {paper["id"] for paper in papers if paper["kind"] == "invoice"}),
    }
    names = {"own": {"counterparty": "ｵﾌｾｯﾄﾃﾞｽｸ"}, "desk": {"counterparty": "abc環境ｶﾞﾊﾞﾅﾝｽ"}}
    assert sorted(paper["kind"] for paper in papers) == ["invoice"] * 3 + ["receipt"] * 3
    for count in range(4):
        for chosen in combinations(wanted.values(), count):
            expected = {paper["id"] for paper in papers}.intersection(*(ids for _, ids in chosen))
            filters = {name: value for asked, _ in chosen for name, value in asked.items()}
            assert {each["id"] for each in await counter.papers(buyer, **filters)} == expected, filters
            own = await counter.papers(buyer, **filters, **names["own"])
            assert {each["id"] for each in own} == expected, filters
            desk = await counter.world.desk.get("/v1/admin/papers", params=filters | names["desk"])
            assert {each["id"] for each in desk.json()["data"]} == expected, filters


@pytest.mark.parametrize(
    "nothing",
    [
        {"issued_through": "2020-12-31"},
        {"issued_from": "2090-01-01"},
        {"total_from": "10000000"},
        {"total_through": "1"},
        {"counterparty": "だれでもない"},
        {"counterparty": "%"},
        {"kind": "bill"},
    ],
    ids=str,
)
async def test_what_fits_nothing_finds_nothing(
    counter: Counter, bought: tuple[Party, Party, Papers], nothing: dict[str, str]
) -> None:
    assert await counter.papers(bought[0], **nothing) == []


async def test_a_seller_finds_its_copies_by_the_buyers_name_and_a_buyer_by_the_sellers(
    counter: Counter, bought: tuple[Party, Party, Papers]
) -> None:
    buyer, seller, papers = bought
    name = (await seller.get("/v1/organisation")).json()["name"]
    assert len(await counter.papers(seller, counterparty="ガバナンス")) == 3
    assert len(await counter.papers(buyer, counterparty=name)) == len(papers)
    assert await counter.papers(seller, counterparty=name) == []


async def test_pages_follow_each_other_and_their_cursors_fit_nothing_else(
    counter: Counter, bought: tuple[Party, Party, Papers]
) -> None:
    buyer, seller, papers = bought
    query, found = {"limit": "1", "counterparty": PROFILE["name"]}, []
    while True:
        page = (await buyer.get("/v1/papers", params=query)).json()
        found += page["data"]
        if not page["has_more"]:
            break
        query["cursor"] = page["next_cursor"]
    assert found == papers
    for party, other in ((buyer, {"counterparty": "他"}), (seller, {})):
        answer = await party.get("/v1/papers", params=query | other)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


MANY = """
    insert into paper (org_id, id, kind, mode, series, year, n, number, issued_on, issuer_name, issuer_address,
                       recipient_name, recipient_address, counterparty_id, parties_folded, subject_id, part, currency,
                       goods_minor, tax_minor, total_minor, composed, facts, kept_through, issued_at)
    select case when i % 100 = 0 then $1::uuid else gen_random_uuid() end, gen_random_uuid(), 'invoice', 'for_provider',
           'INV', 2020, i, 'INV', date '2010-01-01' + i / 5, 'x', 'x', 'x', 'x',
           ((select array_agg(id) from paper_counterparty))[1 + i % 50], 'x', gen_random_uuid(), 1, 'JPY', i, 0, i, '{}', '{}',
           date '2090-01-01', now()
    from generate_series(1, 30000) i
"""


@pytest.mark.parametrize(
    ("who", "asked", "index"),
    [
        ("org_id", "issued_on between '2015-01-01' and '2015-01-31'", "ix_paper_issued"),
        ("org_id", "total_minor between 3000 and 3500", "ix_paper_total"),
        ("desk_id", "issued_on between '2015-01-01' and '2015-01-31'", "ix_paper_desk_issued"),
        ("desk_id", "total_minor between 3000 and 3500", "ix_paper_desk_total"),
        ("desk_id", "counterparty_id = $1", "ix_paper_desk_counterparty"),
    ],
)
async def test_an_index_answers_each_question_among_many_papers_under_row_level_security(
    counter: Counter, bought: tuple[Party, Party, Papers], who: str, asked: str, index: str
) -> None:
    plan = await planned(counter.owner, bought[0], who, asked)
    assert index in plan, plan


async def planned(owner: asyncpg.Connection, party: Party, who: str, asked: str) -> str:
    """How the API's role looks for papers among thirty thousand."""
    undo = owner.transaction()
    await undo.start()
    try:
        await owner.execute(
            "insert into paper_counterparty select $1, gen_random_uuid(), 'x' || i, 'x' from generate_series(1, 50) i",
            DESK_ID,
        )
        await owner.execute(MANY, party.org_id)
        await owner.execute("analyze paper")
        me = party.org_id if who == "org_id" else DESK_ID
        await owner.execute("set local role offsetdesk_api")
        await owner.execute("select set_config('app.org_ids', $1, true)", str(me))
        told = f"explain select id from paper where {who} = '{me}' and {asked}".replace("$1", f"'{party.org_id}'")
        return "\n".join(row[0] for row in await owner.fetch(told))
    finally:
        await undo.rollback()
