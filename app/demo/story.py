"""What happens in the demonstration, step by step, once the desk is open?"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from app.core.clock import utc_now
from app.demo import card, purchase, supply
from app.demo.caller import Caller
from app.demo.errors import DemoFailed
from app.demo.progress import Progress
from app.demo.verification import verify
from integrations.registries.fake.admin import Admin, show_book


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to look at afterwards."""

    certificates: list[str]
    order_id: str
    invoice_id: str
    keys: dict[str, str] = field(repr=False)


_BAD_ROWS: Final = 1
"""Of the first provider's file, on purpose."""


def tell(
    nobody: Caller, desk: Caller, registry: Admin, stripe: card.Stripe, progress: Progress, *, today: date,
    check: Callable[[], None],
) -> Told:  # fmt: skip
    """One purchase from a holdings file to verified certificates, another paid by card: steps 4 to 9. Raises DemoFailed."""
    desk.post("/v1/admin/desk-profiles", card.ISSUER)
    staged = [supply.stage(nobody, desk, supplier) for supplier in (supply.FIRST, supply.SECOND)]
    progress.done(f"Holdings files tried: {sum(each.good for each in staged)} rows good, {_bad(staged[0])}")
    offered = [supply.offer(each, desk, registry, today=today) for each in staged]
    count = sum(map(len, offered))
    names = " and ".join(each.supplier.name for each in staged)
    progress.done(f"{count} lots confirmed by evidence and listed by {names}")
    buyer = purchase.sign_up(nobody)
    placed = purchase.order(buyer, (offered[0][0], offered[1][0]))
    lines = " + ".join(f"{quantity} t" for quantity in purchase.LINES_T)
    progress.done(f"{purchase.BUYER} orders {lines} at the quoted ¥{placed['total']['amount']:,}")
    purchase.pay(desk, placed, today=today)
    holdings = purchase.fulfilled(buyer, placed, check=check)
    retirements = purchase.recorded(buyer, check=check)
    tonnes = sum(each["quantity"] for each in retirements)
    progress.done(f"Paid by bank transfer · {_serials(holdings)} · {tonnes} t invalidated (simulated)")
    certificates = purchase.certificates(buyer, check=check)
    book = registry.ask(show_book())
    for certificate in certificates:
        verify(nobody, certificate, book)
    numbers = [str(certificate["number"]) for certificate in certificates]
    progress.done(f"Certificates {' and '.join(numbers)} issued · page, PDF and hash verified")
    placed = card.order(buyer, offered[0][1], card.QUANTITY_T)
    paid = card.pay(buyer, nobody, placed, stripe, now=utc_now, check=check)
    invoice = card.invoice(buyer, placed, check=check)
    progress.done(
        f"¥{paid['amount']['amount']:,} paid by card, final on {paid['final_at'][:10]} · invoice {invoice['number']}"
    )
    keys = {"buyer": buyer.key, "provider": staged[0].caller.key, "operator": desk.key}
    return Told(numbers, str(placed["id"]), str(invoice["id"]), keys)


def _bad(staged: supply.Staged) -> str:
    if len(staged.bad_rows) != _BAD_ROWS:
        raise DemoFailed(f"The dry run found {len(staged.bad_rows)} bad rows; {_BAD_ROWS} was wrong on purpose.")
    row = staged.bad_rows[0]
    error = row["errors"][0]
    return f"row {row['row']} refused ({error['column']}: {error['code']})"


def _serials(holdings: list[dict[str, Any]]) -> str:
    """The first serials that were carved, and how many more blocks there are."""
    blocks = [block for holding in holdings for block in holding["serials"]]
    blocks.sort(key=lambda block: -int(block["quantity"]))
    first = blocks[0]
    return f"serials {first['serial_prefix']}{first['first']}–{first['last']} + {len(blocks) - 1} block"
