"""How is a life's order paid, or not? At once, in two steps, after a failure, twice, or at the last moment."""

import httpx

from benchmarks.scenarios.lives import owing
from benchmarks.scenarios.lives.life import Life
from integrations.stripe.fake.scene import (
    CompleteSession,
    ExpireVoucher,
    FundTransfer,
    PayAtKonbini,
    PayByCard,
    SettleKonbini,
    ShowWho,
)

_GOOD = "pm_card_visa"
_ASKS = "pm_card_authenticationRequired"
_ON_THE_PAGE = {"page card": _GOOD, "page transfer": "customer_balance", "page konbini": "konbini"}


async def begin(life: Life) -> None:
    """What the payer does first."""
    match life.way.split()[0]:
        case "bank":
            _at_the_bank(life)
        case "account":
            await owing.begin(life)
        case "card":
            await _by_card(life)
        case "konbini":
            await _at_konbini(life)
        case "transfer":
            await _by_transfer(life)
        case "page" if life.way in _ON_THE_PAGE:
            await life.town.till.do(CompleteSession(await life.page(), _ON_THE_PAGE[life.way]))


async def go_on(life: Life) -> None:
    """What the payer does afterwards, until it is paid."""
    total, do = life.total_minor, life.town.till.do
    match life.way:
        case "bank in two":
            life.by_bank(total - total // 3)
        case "card shown":
            await do(ShowWho(await life.intent(), passed=True))
        case "card declined":
            await do(PayByCard(await life.intent(), _GOOD))
        case "konbini slow":
            await do(SettleKonbini(await life.intent(), succeeds=True))
        case "konbini failed" | "konbini expired":
            if life.way == "konbini failed":
                await do(SettleKonbini(await life.intent(), succeeds=False))
            await life.tries_by("card")
            await do(PayByCard(await life.intent(-1), _GOOD))
        case "transfer in two":
            await do(FundTransfer(await life.customer(), total - total // 2))
        case "page transfer":
            await do(FundTransfer(await life.customer(), total))
        case "page konbini":
            await do(PayAtKonbini(await life.intent(), settles=True))


async def at_the_last_moment(life: Life) -> None:
    """Nobody is told of it any more before the order expires."""
    if life.way == "card late":
        await life.town.till.do(PayByCard(await life.intent(), _GOOD))


def _at_the_bank(life: Life) -> None:
    total = life.total_minor
    match life.way:
        case "bank exact":
            life.by_bank(total)
        case "bank in two" | "bank short":
            life.by_bank(total // 3)
        case "bank over":
            life.by_bank(total + life.lots.randint(1, 5_000))
        case "bank unnamed":
            life.unnamed = life.town.bank.book(total, "ﾌﾒｲ")


async def _by_card(life: Life) -> None:
    do = life.town.till.do
    match life.way:
        case "card" | "card twice":
            for n in range(len(life.tries)):
                await do(PayByCard(await life.intent(n), _GOOD))
        case "card shown":
            await do(PayByCard(await life.intent(), _ASKS))
        case "card and bank":
            life.by_bank(life.total_minor)
        case "card declined":
            declined = life.lots.choice(("pm_card_chargeDeclined", "pm_card_radarBlock"))
            try:
                await do(PayByCard(await life.intent(), declined))
            except httpx.HTTPStatusError as refused:
                if refused.response.status_code != httpx.codes.PAYMENT_REQUIRED:
                    raise


async def _at_konbini(life: Life) -> None:
    do = life.town.till.do
    if life.way == "konbini expired":
        await do(ExpireVoucher(await life.intent()))
        return
    await do(PayAtKonbini(await life.intent(), settles=life.way == "konbini"))


async def _by_transfer(life: Life) -> None:
    total, customer = life.total_minor, await life.customer()
    came = {"transfer": total, "transfer over": total + 700}.get(life.way, total // 2)
    await life.town.till.do(FundTransfer(customer, came))
