"""How do two fictional providers bring credits to the desk? File, dry run, evidence, listing."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.demo.caller import Caller
from app.demo.errors import DemoFailed
from integrations.registries.fake.admin import Admin, issue
from integrations.registries.fake.messages import IssuedBlock

_HEADER: Final = (
    "registry,project_list,project_number,certification_no,serial_prefix,serial_first,serial_last,quantity,unit,"
    "vintage_from,vintage_to,note"
)
_LIST: Final = "jcredit_normal"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a provider's holdings file; wrong when `quantity` is not what the serials count."""

    certification_no: str
    prefix: str
    first: int
    last: int
    quantity: int
    fiscal_year: int

    def written(self, project_number: str) -> str:
        """The row as it stands in the file."""
        vintage = f"{self.fiscal_year}-04-01,{self.fiscal_year + 1}-03-31"
        serials = f"{self.prefix},{self.first},{self.last},{self.quantity}"
        return f"jcredit,{_LIST},{project_number},{self.certification_no},{serials},t,{vintage},DEMONSTRATION"

    def block(self, account: str) -> IssuedBlock:
        """The row as the registry knows it."""
        return IssuedBlock(account, self.certification_no, self.prefix, str(self.first), str(self.last))


@dataclass(frozen=True, slots=True)
class Supplier:
    """A fictional provider with credits of a real forest project."""

    name: str
    email: str
    project_number: str
    price: int
    """Yen a tonne, tax excluded."""
    rows: tuple[Row, ...]


FIRST: Final = Supplier(
    "見本の森協同組合",
    "mori@provider.example",
    "219",  # 美深町, Hokkaido: forest management, FO-001.
    4_500,
    (
        Row("DEMO-2024-01", "DEMO1-", 1_000_001, 1_000_500, 500, 2023),
        Row("DEMO-2025-01", "DEMO2-", 2_000_001, 2_000_300, 300, 2024),
        Row("DEMO-2025-02", "DEMO3-", 3_000_001, 3_000_200, 250, 2024),  # Wrong on purpose: 200 serials.
    ),
)
SECOND: Final = Supplier(
    "架空林業株式会社",
    "ringyo@provider.example",
    "252",  # 大台町, Mie: forest management, FO-001.
    6_200,
    (Row("DEMO-2025-03", "DEMO4-", 4_000_001, 4_000_080, 80, 2024),),
)


@dataclass(frozen=True, slots=True)
class Staged:
    """A provider at the desk, with a file that was tried and has written nothing yet."""

    supplier: Supplier
    caller: Caller
    import_id: str
    good: int
    bad_rows: list[dict[str, Any]]


def stage(nobody: Caller, desk: Caller, supplier: Supplier) -> Staged:
    """Sign up, be approved, and try the holdings file: every bad row is shown."""
    wish = {
        "kind": "provider",
        "name": supplier.name,
        "provider_kind": "creation_and_use",
        "member": {"email": supplier.email, "name": "担当 太郎", "password": f"demonstration of {supplier.email}"},
    }
    signed_up = nobody.post("/v1/organisations", wish)
    desk.post(f"/v1/admin/organisations/{signed_up['organisation']['id']}/approve", {"note": "デモ"})
    caller = nobody.with_key(signed_up["secret"])
    account_no = f"DEMO-{supplier.project_number}"
    account = {"registry_code": "jcredit", "account_no": account_no, "holder_name": supplier.name}
    account_id = caller.post("/v1/registry-accounts", account)["id"]
    lines = [_HEADER, *(row.written(supplier.project_number) for row in supplier.rows)]
    content = ("\n".join(lines) + "\n").encode()
    answer = caller.send("/v1/imports", content, "text/csv", registry_account_id=account_id, filename="holdings.csv")
    staged = answer["import"]
    return Staged(supplier, caller, staged["id"], staged["rows_good"], answer["bad_rows"]["data"])


def offer(staged: Staged, desk: Caller, registry: Admin, *, today: date) -> list[str]:
    """Commit the good rows, have each lot confirmed by evidence, list it; the ids of the listings, first row first."""
    caller, path = staged.caller, f"/v1/imports/{staged.import_id}"
    caller.post(f"{path}/commit", {"rows": "good"})
    rows = caller.get(f"{path}/rows", outcome="good")["data"]
    return [_offered(staged.supplier, caller, desk, registry, row, today=today) for row in rows]


def _offered(
    supplier: Supplier, caller: Caller, desk: Caller, registry: Admin, row: dict[str, Any], *, today: date
) -> str:
    lot_id = row["lot_id"]
    evidence = caller.send(
        f"/v1/lots/{lot_id}/evidence", _statement(lot_id), "application/pdf",
        as_of=today.isoformat(), filename="statement.pdf",
    )  # fmt: skip
    desk.post(f"/v1/admin/evidence/{evidence['id']}/accept", {"note": "残高一覧と一致（デモ）"})
    lot = caller.get(f"/v1/lots/{lot_id}")["lot"]
    if lot["status"] != "confirmed":
        raise DemoFailed(f"A lot with accepted evidence is {lot['status']} instead of confirmed.")
    registry.ask(issue(supplier.rows[row["row"] - 2].block(supplier.name)))  # The file's header is row 1.
    wish = {"lot_id": lot_id, "price": {"amount": supplier.price, "currency": "JPY"}, "min_quantity": 10}
    listing_id: str = caller.post("/v1/listings", wish)["id"]
    return listing_id


def _statement(lot_id: str) -> bytes:
    """A PDF of one page that says what it is; a real one comes from the registry."""
    text = f"BT /F 14 Tf 40 100 Td (DEMONSTRATION: statement for {lot_id}) Tj ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 520 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(text)}>>stream\n{text}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    written, places = "%PDF-1.7\n", []
    for n, each in enumerate(objects, start=1):
        places.append(len(written))
        written += f"{n} 0 obj{each}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    end = f"trailer<</Size {count}/Root 1 0 R>>\nstartxref\n{len(written)}\n%%EOF\n"
    return f"{written}xref\n0 {count}\n0000000000 65535 f \n{table}{end}".encode("ascii")
