"""What does one whole story leave behind, at the live desk or at its sandbox? From signing up to a paid order."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.core.period import day_in_japan
from tests.sandbox.processes import Caller, Desk, becomes, eventually

HEADER = (
    "registry,project_list,project_number,certification_no,serial_prefix,serial_first,serial_last,quantity,unit,"
    "vintage_from,vintage_to,note\n"
)
PDF = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"


@dataclass
class Trade:
    """What one story left behind: who, and the ids of everything."""

    provider: Caller
    buyer: Caller
    ids: dict[str, str]


def trade(desk: Desk, *, detail: str = "", quantity: int = 10) -> Trade:
    """The same story at either desk, up to a paid order with its retirement asked for.

    What differs is who decides: at the live desk its operator does, by the doors that operators have; at the sandbox
    nobody waits for one.
    """
    provider, buyer = desk.sign_up("provider"), desk.sign_up("buyer")
    if not desk.is_sandbox:
        desk.operator.made(f"/v1/admin/organisations/{provider.id}/approve", {})
    account = {
        "registry_code": "jcredit",
        "account_no": f"A-{secrets.token_hex(4)}",
        "holder_name": "口座名義 株式会社",
    }
    entered = provider.made("/v1/registry-accounts", account)
    assert (entered["confirmed_at"] is not None) == desk.is_sandbox, "Where nobody looks it is confirmed at once."
    account_id = entered["id"]
    first = 1 + secrets.randbelow(10**9) * 1000
    row = f"jcredit,jcredit_normal,1,JC-{first},T{first}-,{first},{first + 99},100,t,2024-04-01,2025-03-31,\n"
    staged = provider.send(
        "/v1/imports", (HEADER + row).encode(), "text/csv", registry_account_id=account_id, filename="h.csv"
    )
    import_id = staged["import"]["id"]
    provider.made(f"/v1/imports/{import_id}/commit", {"rows": "all"})
    lot_id = provider.get(f"/v1/imports/{import_id}/rows").json()["data"][0]["lot_id"]
    shown = provider.send(f"/v1/lots/{lot_id}/evidence", PDF, "application/pdf", as_of="2026-11-01", filename="e.pdf")
    if desk.is_sandbox:
        provider.made(f"/v1/test/evidence/{shown['id']}/accept")
    else:
        desk.operator.made(f"/v1/admin/evidence/{shown['id']}/accept", {"note": "一致"})
    offer = {"lot_id": lot_id, "price": {"amount": 1000, "currency": "JPY"}, "min_quantity": 1}
    listing_id = provider.made("/v1/listings", offer)["id"]
    line = [{"listing_id": listing_id, "quantity": quantity}]
    quote_id = buyer.made("/v1/quotes", {"lines": line})["id"]
    unpaid = buyer.made("/v1/orders", {"lines": line})
    retire = {"beneficiary_name": "株式会社受益者", "purpose": "OFFSET", "purpose_detail": detail}
    order = buyer.made("/v1/orders", {"lines": line, "retire": retire})
    pay(desk, buyer, order)
    becomes(buyer, f"/v1/orders/{order['id']}", "fulfilled")
    retirement = eventually(lambda: buyer.get("/v1/retirements").json()["data"], "a retirement")[0]
    holding = buyer.get("/v1/holdings").json()["data"][0]
    ids = {
        "registry-accounts": account_id, "imports": import_id, "lots": lot_id, "listings": listing_id,
        "quotes": quote_id, "orders": order["id"], "retirements": retirement["id"], "holdings": holding["id"],
        "unpaid": unpaid["id"], "evidence": shown["id"],
    }  # fmt: skip
    return Trade(provider, buyer, ids)


def pay(desk: Desk, buyer: Caller, order: dict[str, Any]) -> None:
    """The order's money comes in."""
    if desk.is_sandbox:
        buyer.made("/v1/test/bank-transfers", {"order_id": order["id"], "kind": "exact"})
        return
    today = day_in_japan(datetime.now(UTC)).isoformat()
    line = f"{today},{order['total']['amount']},{order['payment']['reference']} アオバ,振込,{secrets.token_hex(6)}\n"
    content = ("booked_on,amount,payer_name,memo,bank_reference\n" + line).encode()
    desk.operator.send("/v1/admin/bank-statements", content, "text/csv", filename="bank.csv")
