"""Which energy certificates do whole stories trade? One kind for each registry: its file, its prices, its retirement."""

import secrets
from dataclasses import dataclass
from typing import Any, Final

import httpx

from app.core.period import day_in_japan
from tests.flows.people import NOTICE, colleague, confirmed, listed, notice_facts, sign_in, step
from tests.world import Party, World

HEADER_EN: Final = (
    "registry,project_list,project_number,certification_no,serial_prefix,serial_first,serial_last,quantity,unit,"
    "vintage_from,vintage_to,note,technology,country,device,commissioned_on,category,tracking"
)
HEADER_JA: Final = (
    "登録簿,分類,プロジェクト番号,認証番号,シリアル番号接頭辞,シリアル番号(始),シリアル番号(終),数量,単位,"
    "対象期間開始日,対象期間終了日,備考,電源種別,発電国,発電設備,運転開始日,証書区分,トラッキング"
)
CLAIM: Final = {
    "beneficiary_name": "株式会社アオバ食品",
    "purpose": "ELECTRICITY_USE",
    "purpose_detail": "津工場の使用電力",
    "fiscal_year": None,
}


@dataclass(frozen=True)
class Kind:
    """A block of a registry as its provider's file tells it, and how a part of it is sold and retired."""

    registry: str
    header: str
    encoding: str
    row: str
    imported: int
    step: int
    price: int
    bought: int
    """In kWh; at `price` yen for 1,000 kWh it costs `goods` yen."""
    goods: int
    serials: tuple[str, str]
    numbers: int
    consumption: dict[str, str | None] | None
    energy: dict[str, str | None]


IREC: Final = Kind(
    registry="irec", header=HEADER_EN, encoding="utf-8",
    row="irec,,VN-WIND-7,ISS-2025-0007,,0000-0000-0000-0001,0000-0000-0000-1000,1000000,kWh,2025-01-01,2025-12-31,,"
    "wind,VN,Bạc Liêu wind farm,2013-05-29,,",
    imported=1_000_000, step=1_000, price=450, bought=7_000, goods=3_150,
    serials=("0000-0000-0000-0001", "0000-0000-0000-0007"), numbers=7,
    consumption={"country": "VN", "period_from": "2025-01-01", "period_to": "2025-12-31"},
    energy={"technology": "wind", "country": "VN", "device": "Bạc Liêu wind farm", "commissioned_on": "2013-05-29",
            "category": None, "tracking": None},
)  # fmt: skip
NON_FOSSIL: Final = Kind(
    registry="nfc", header=HEADER_JA, encoding="cp932",
    row="nfc,,F-0815,2025年度第2回,NF-,1,50000,50000,kWh,2025/1/1,2025/12/31,,太陽光,JP,津発電所,2019/3/1,"
    "FIT非化石証書,発電所の位置と名称",
    imported=50_000, step=1, price=401, bought=12_345, goods=4_950,  # 4,950.345 yen, rounded down.
    serials=("NF-1", "NF-12345"), numbers=12_345,
    consumption={"country": None, "period_from": "2025-04-01", "period_to": "2026-03-31"},
    energy={"technology": "solar", "country": "JP", "device": "津発電所", "commissioned_on": "2019-03-01",
            "category": "FIT非化石証書", "tracking": "発電所の位置と名称"},
)  # fmt: skip
GREEN_POWER: Final = Kind(
    registry="green_power", header=HEADER_JA, encoding="utf-8-sig",
    row='green_power,,25B034,GP-25-034,A,00012001,00014000,"2,000",kWh,2025-04-01,2025-09-30,,バイオマス,JP,'
    "青葉バイオマス発電所,,,",
    imported=2_000, step=1, price=2_999, bought=212, goods=635,  # 635.788 yen, rounded down.
    serials=("A00012001", "A00012212"), numbers=212,
    consumption=None,
    energy={"technology": "biomass", "country": "JP", "device": "青葉バイオマス発電所", "commissioned_on": None,
            "category": None, "tracking": None},
)  # fmt: skip
KINDS: Final = (IREC, NON_FOSSIL, GREEN_POWER)


async def account(provider: Party, kind: Kind) -> str:
    """The provider's account at the kind's registry."""
    wish = {"registry_code": kind.registry, "account_no": secrets.token_hex(4), "holder_name": "証書 株式会社"}
    answer = await provider.post("/v1/registry-accounts", wish)
    assert answer.status_code == 201, answer.text
    consented = await provider.post(f"/v1/registry-accounts/{answer.json()['id']}/consent")
    assert consented.status_code == 200, consented.text
    return str(answer.json()["id"])


async def stage(provider: Party, kind: Kind, row: str) -> httpx.Response:
    """Hand a file of one row in, in the kind's encoding."""
    content = f"{kind.header}\r\n{row}\r\n".encode(kind.encoding)
    asked = {"registry_account_id": await account(provider, kind), "filename": "holdings.csv"}
    return await provider.send("/v1/imports", content, "text/csv", params=asked)


async def confirmed_lot(world: World, provider: Party, kind: Kind) -> dict[str, Any]:
    """The kind's block as a lot that sells: imported, and its evidence accepted."""
    staged = await stage(provider, kind, kind.row)
    await confirmed(world, provider, staged)
    (lot,) = await listed(provider, "/v1/lots")
    return lot


async def offer(provider: Party, kind: Kind, lot_id: str, **changed: Any) -> httpx.Response:
    """Offer the kind's lot at its price for 1,000 kWh."""
    wish = {"lot_id": lot_id, "price": {"amount": kind.price, "currency": "JPY"}, "min_quantity": kind.step * 3}
    return await provider.post("/v1/listings", wish | {"quantity_step": kind.step} | changed)


async def worked_by_people(world: World, provider: Party) -> dict[str, Any]:
    """The one open task, carried out by two people and released by the operator; the task as it was opened."""
    (task,) = await listed(provider, "/v1/registry-tasks")
    maker, checker = await sign_in(world, provider.email), await sign_in(world, await colleague(world, provider))
    assert (await step(maker, task["id"], "prepare")).status_code == 200
    assert (await step(checker, task["id"], "check")).status_code == 200
    record = {"registry_transaction": "R-7", "recorded_on": day_in_japan(world.now()).isoformat()}
    done = await step(maker, task["id"], "execute", record)
    assert done.status_code == 200, done.text
    handed = await maker.post(
        f"/v1/registry-tasks/{task['id']}/notice", params={"filename": "notice.pdf"}, content=NOTICE,
        headers={"Content-Type": "application/pdf", "If-Match": done.headers["ETag"]},
    )  # fmt: skip
    assert handed.status_code == 200, handed.text
    said = notice_facts(task["sheet"]) | {"transaction_no": "R-7", "recorded_on": record["recorded_on"]}
    assert (await step(maker, task["id"], "notice-facts", said)).json()["notice_state"] == "typed_once"
    assert (await step(checker, task["id"], "notice-facts", said)).json()["notice_state"] == "agreed"
    confirmed = await step(world.desk.client, task["id"], "confirm", {}, at="/v1/admin")
    assert confirmed.status_code == 200, confirmed.text
    await world.run_jobs()
    return task
