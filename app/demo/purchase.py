"""How does a fictional buyer come to certificates? Quote, order, bank transfer, and patience while jobs are worked off."""

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from app.demo.caller import Caller, until
from app.demo.errors import DemoFailed

BUYER: Final = "アオバ食品株式会社"
LINES_T: Final = (120, 30)
_RETIRE: Final = {
    "beneficiary_name": BUYER,
    "purpose": "OFFSET",
    "purpose_detail": "第10回アオバ感謝祭の開催に伴う排出量のオフセット（デモ）",
}
_ON_THE_WAY: Final = frozenset({"signed_off", "queued", "submitted", "unknown"})
_THERE: Final = frozenset({"recorded", "reconciled"})
"""A retirement of which the registry has not said yes or no; unknown ones are looked up."""


def sign_up(nobody: Caller) -> Caller:
    """The buyer, who needs nobody's approval."""
    member = {"email": "gx@buyer.example", "name": "青葉 みどり", "password": "demonstration of a buyer"}
    made = nobody.post("/v1/organisations", {"kind": "buyer", "name": BUYER, "member": member})
    return nobody.with_key(made["secret"])


def order(buyer: Caller, listing_ids: tuple[str, ...]) -> dict[str, Any]:
    """Ask for a quote over both providers' listings and order at its price, with retirement for an event."""
    lines = [
        {"listing_id": listing_id, "quantity": quantity}
        for listing_id, quantity in zip(listing_ids, LINES_T, strict=True)
    ]
    quote = buyer.post("/v1/quotes", {"lines": lines})
    placed: dict[str, Any] = buyer.post("/v1/orders", {"quote_id": quote["id"], "retire": _RETIRE})
    if placed["total"] != quote["total"]:
        raise DemoFailed(f"The order costs {placed['total']}, its quote said {quote['total']}.")
    return placed


def pay(desk: Caller, placed: dict[str, Any], *, today: date) -> None:
    """The bank's file comes in; it names the payer as banks do, the order's reference first."""
    payment = placed["payment"]
    line = (
        f"{today},{payment['amount']['amount']},{payment['reference']} アオバショクヒン(カ,振込,{secrets.token_hex(6)}"
    )
    content = f"booked_on,amount,payer_name,memo,bank_reference\n{line}\n".encode()
    desk.send("/v1/admin/bank-statements", content, "text/csv", filename="bank.csv")


def fulfilled(buyer: Caller, placed: dict[str, Any], *, check: Callable[[], None]) -> list[dict[str, Any]]:
    """Wait until the money was matched and serials were carved; the holdings with their serials."""

    def ask() -> bool | None:
        status = buyer.get(f"/v1/orders/{placed['id']}")["status"]
        if status not in {"awaiting_payment", "paid", "fulfilled"}:
            raise DemoFailed(f"The paid order is {status} instead of fulfilled.", part="worker")
        return True if status == "fulfilled" else None

    until(ask, "the payment is matched and the order fulfilled", of="worker", check=check)
    holdings = buyer.get("/v1/holdings")["data"]
    return [buyer.get(f"/v1/holdings/{holding['id']}") for holding in holdings]


def recorded(buyer: Caller, *, check: Callable[[], None]) -> list[dict[str, Any]]:
    """Wait until the registry has recorded every retirement."""

    def ask() -> list[dict[str, Any]] | None:
        found: list[dict[str, Any]] = buyer.get("/v1/retirements")["data"]
        states = {each["status"] for each in found}
        if states - _ON_THE_WAY - _THERE:
            raise DemoFailed(f"A retirement came to a stand: {sorted(states)}.", part="worker")
        return found if len(found) == len(LINES_T) and states <= _THERE else None

    return until(ask, "the registry has recorded every retirement", of="worker", check=check)


def certificates(buyer: Caller, *, check: Callable[[], None]) -> list[dict[str, Any]]:
    """Wait until every retirement has its certificate, PDF and all."""

    def ask() -> list[dict[str, Any]] | None:
        found: list[dict[str, Any]] = buyer.get("/v1/certificates")["data"]
        whole = len(found) == len(LINES_T) and all(each["pdf_sha256"] for each in found)
        return sorted(found, key=lambda each: -each["quantity"]) if whole else None

    return until(ask, "every certificate is issued and its PDF made", of="worker", check=check)
