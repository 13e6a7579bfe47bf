"""How does one life of money go? An order, a way to pay it, and what goes wrong afterwards, all drawn from one seed."""

import random
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from app.core.ids import read_public_id
from benchmarks.scenarios.lives.town import Town
from benchmarks.scenarios.stage import RETIRE
from tests.money.till import PAGES
from tests.world import Party

WAYS: Final = (
    "bank exact", "bank in two", "bank over", "bank short", "bank unnamed", "bank never", "canceled",
    "card", "card shown", "card declined", "card twice", "card late", "card and bank",
    "konbini", "konbini slow", "konbini failed", "konbini expired",
    "transfer", "transfer in two", "transfer over", "transfer short",
    "page card", "page transfer", "page konbini", "page left",
    "account exact", "account in two", "account over", "account unnamed",
)  # fmt: skip
"""How an order is paid, or is not."""
TROUBLES: Final = (
    "none", "all back", "part back", "two parts back", "goodwill", "won", "lost", "part back and lost", "goodwill and lost",
)  # fmt: skip
"""What comes afterwards. Only what a card has paid is disputed; for other money the first half of the words counts."""
UNPAID_WAYS: Final = frozenset({"bank short", "bank never", "canceled", "transfer short", "page left"})
_BY_CARD: Final = frozenset(
    {"card", "card shown", "card declined", "card late", "page card", "konbini failed", "konbini expired"}
)
_ATTEMPT: Final = "select intent_id, session_id, charge_id from payment_attempt where id = $1"
_CUSTOMER: Final = "select customer_id from stripe_customer where org_id = $1"


@dataclass
class Life:
    """One buyer's order from its beginning to its end."""

    n: int
    town: Town
    buyer: Party
    lots: random.Random
    way: str
    trouble: str
    late: bool
    """The trouble comes when the providers were paid already."""
    retires: bool
    scarce: bool
    """It waits for a frozen lot, and is given back in part before it is allocated."""
    order: dict[str, Any] = field(default_factory=dict)
    tries: list[dict[str, Any]] = field(default_factory=list)
    dispute: str = ""
    """Stripe's id of it."""
    unnamed: str = ""
    """The bank's reference of what it paid without naming anything."""
    meant: str = ""
    """The invoice that it was for."""

    @property
    def name(self) -> str:
        """What it is told by, when it ends badly."""
        return f"life {self.n} ({self.way}, {self.trouble}{', late' * self.late}{', retires' * self.retires}{', scarce' * self.scarce})"

    @property
    def total_minor(self) -> int:
        """What its order costs, tax included."""
        return int(self.order["total"]["amount"])

    @property
    def order_id(self) -> UUID:
        """Its order's row."""
        found = read_public_id("ord", self.order["id"])
        assert found is not None
        return found

    @property
    def by_card(self) -> bool:
        """Whether a card pays it, so that its bank may take the money back."""
        return self.way in _BY_CARD

    @property
    def on_account(self) -> bool:
        """Whether it is owed, and its invoice paid."""
        return self.way.startswith("account")

    async def place(self) -> None:
        """The buyer orders."""
        sellers = self.lots.sample(self.town.sellers, self.lots.choice((1, 1, 2)))
        if self.scarce:
            sellers = [sellers[0], self.town.scarce]
        lines = [(each.listing, self.lots.randint(2, 20)) for each in sellers]
        retire = RETIRE if self.retires else None
        self.order = await self.town.stage.world.order(self.buyer, *lines, retire=retire)

    async def begin(self) -> None:
        """The buyer says how the order is to be paid."""
        method = self.way.split()[0]
        if method == "konbini" and self.total_minor > 300_000:
            self.way = method = "card"
        wanted = {"page": "checkout", "transfer": "jp_bank_transfer"}.get(method, method)
        if method == "canceled":
            answer = await self.buyer.post(f"/v1/orders/{self.order['id']}/cancel")
            assert answer.status_code == 200, answer.text
        elif method not in ("bank", "account"):
            for _ in range(2 if self.way == "card twice" else 1):
                await self.tries_by(wanted)

    async def charge(self) -> str:
        """The charge that has paid it, at Stripe."""
        found = await self.town.pool.fetchval(
            "select charge_id from payment_attempt where order_id = $1 and status = 'paid'", self.order_id
        )
        assert found is not None, self.name
        return str(found)

    async def tries_by(self, method: str) -> None:
        """Begin one more try to pay."""
        wish = {"method": method, **(PAGES if method == "checkout" else {})}
        answer = await self.buyer.post(f"/v1/orders/{self.order['id']}/payments", wish)
        assert answer.status_code == 201, f"{self.name}: {answer.text}"
        self.tries.append(dict(answer.json()))

    def by_bank(self, minor: int) -> None:
        """The payer transfers so much to the desk's own bank, with the order's reference."""
        self.town.bank.book(minor, f"{self.order['payment']['reference']} ｱｵﾊﾞ")

    async def intent(self, n: int = 0) -> str:
        """The intent at Stripe of one of its tries."""
        found = (await self._of_try(n))["intent_id"]
        if found is None:  # A page makes it when its payer chooses, and the event that tells of it may be lost.
            found = (await self.town.at_stripe(f"/v1/checkout/sessions/{await self.page()}"))["payment_intent"]
        return str(found)

    async def page(self) -> str:
        """Stripe's page of its first try."""
        return str((await self._of_try(0))["session_id"])

    async def customer(self) -> str:
        """The buyer as Stripe knows it."""
        return str(await self.town.pool.fetchval(_CUSTOMER, self.buyer.org_id))

    async def _of_try(self, n: int) -> Any:
        return await self.town.pool.fetchrow(_ATTEMPT, read_public_id("pat", self.tries[n]["id"]))


def draw(town: Town, buyer: Party, n: int, seed: int) -> Life:
    """The life with this number of this seed."""
    lots = random.Random(f"{seed}:{n}")
    way, trouble = WAYS[n % len(WAYS)], lots.choice(TROUBLES)
    scarce = lots.random() < 0.12 and way not in UNPAID_WAYS
    retires = lots.random() < 0.4 and not scarce
    late = lots.random() < 0.4 and not (scarce and way.startswith("account"))  # What is invoiced was allocated before.
    life = Life(n, town, buyer, lots, way, trouble, late, retires, scarce)
    if not life.by_card and trouble in ("won", "lost", "part back and lost", "goodwill and lost"):
        life.trouble = {"part back and lost": "part back", "goodwill and lost": "goodwill"}.get(trouble, "all back")
    return life
