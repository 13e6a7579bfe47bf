"""Which words in a retirement's text make this registry fail, and how?

`test:503` in the purpose's detail or in the beneficiary's name is magic: whoever tests against a sandbox brings each
failure about by what they send, without a hand on the registry. The one table of them; the sandbox's page shows it.
"""

import re
from typing import Final

import msgspec

from integrations.registries.fake.messages import Code, Fault, FaultName, Order

_ASKED: Final = re.compile(r"(?<![a-z0-9])test:([0-9]{3})(?![0-9])", re.IGNORECASE)
SLOW_MS: Final = 600_000


class Magic(msgspec.Struct, frozen=True):
    """One word, what the registry does, and what becomes of the retirement."""

    number: str
    faults: tuple[Fault, ...]
    does: str
    then: str

    @property
    def word(self) -> str:
        """As it is written into a text."""
        return f"test:{self.number}"


def _refused(code: Code) -> tuple[Fault, ...]:
    return (Fault(FaultName.REFUSES, times=1, code=code),)


MAGIC: Final[tuple[Magic, ...]] = (
    Magic(
        "404",
        _refused(Code.UNKNOWN_SERIALS),
        "says that it does not know the serials",
        "`rejected`; the credits return to the holding",
    ),
    Magic(
        "409",
        _refused(Code.ALREADY_RETIRED),
        "says that the serials are retired already",
        "`unknown`, looked up for hours of the desk's clock, then `manual`: two people decide",
    ),
    Magic(
        "422",
        _refused(Code.TEXT_TOO_LONG),
        "does not take the text",
        "`rejected`; the credits return to the holding",
    ),
    Magic(
        "423",
        _refused(Code.ACCOUNT_CLOSED),
        "says that the account is closed",
        "`rejected`; the credits return to the holding",
    ),
    Magic(
        "408",
        (Fault(FaultName.ACTS_THEN_DROPS, times=1),),
        "retires, and its answer is lost",
        "`unknown`, then found by a look-up: `recorded`",
    ),
    Magic(
        "502",
        (Fault(FaultName.BAD_GATEWAY_HTML, times=1),),
        "answers with a broken gateway's page and has done nothing",
        "`unknown` until two empty look-ups prove it absent (a quarter of an hour of the desk's clock), sent again, `recorded`",
    ),
    Magic(
        "503",
        (Fault(FaultName.DOWN, times=3),),
        "is down for the request and the first two look-ups, then well",
        "as 502, and later",
    ),
    Magic(
        "202",
        (Fault(FaultName.PROCESSING, times=1, delay_ms=SLOW_MS),),
        "promises to record it in ten minutes",
        "`unknown` for ten minutes of the desk's clock, then found: `recorded`",
    ),
    Magic(
        "203",
        (Fault(FaultName.LATE_CONFIRMATION, times=1, delay_ms=SLOW_MS),),
        "retires, says only that it was accepted, and shows it in its list ten minutes later",
        "as 202",
    ),
    Magic(
        "504",
        (Fault(FaultName.NOT_FOUND_THEN_FOUND, times=1, delay_ms=SLOW_MS),),
        "retires behind a broken gateway's page, and shows nothing of it in its list for ten minutes",
        "as 202, and it is not sent again",
    ),
    Magic(
        "206",
        (Fault(FaultName.PARTIAL, times=1),),
        "retires half of the quantity, and says so",
        "`manual`: two people decide",
    ),
    Magic(
        "226",
        (Fault(FaultName.CORRECTS_LATER, times=1, delay_ms=SLOW_MS),),
        "records it, and ten minutes later names another beneficiary in its list and its statement",
        "`recorded`; its statement differs from our book",
    ),
    Magic(
        "410",
        (Fault(FaultName.REVERSES_LATER, times=1, delay_ms=SLOW_MS),),
        "records it, and ten minutes later takes it back: the serials are active in its list of holdings",
        "`recorded`; its statement no longer has it",
    ),
)
_BY_NUMBER: Final = {magic.number: magic for magic in MAGIC}


def faults_asked_for(order: Order) -> list[Fault]:
    """The faults that this order's own text asks for, for its reference alone; none for words that are not magic."""
    numbers = _ASKED.findall(f"{order.purpose_detail} {order.beneficiary_name}")
    asked = [_BY_NUMBER[number] for number in dict.fromkeys(numbers) if number in _BY_NUMBER]
    return [msgspec.structs.replace(fault, where=order.reference) for magic in asked for fault in magic.faults]
