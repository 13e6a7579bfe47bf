"""Which movements does a bank's file of transfer notices (振込入金通知, 01) or of an account's movements (入出金取引明細, 03) hold?

A file is blocks of header, data records and trailer, one per account, all of one type, and one end record. It is believed
whole or not at all: the trailer's counts and totals, and the balances where both are given, must be those of the records.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.payments.rules.zengin.blocks import AccountClosed, AccountOpened, Blocks, FileEnd
from app.payments.rules.zengin.errors import ERRORS_MAX, RefusedZengin, ZenginError
from app.payments.rules.zengin.frames import frames
from app.payments.rules.zengin.movements import OwnAccount, ZenginMovement
from app.payments.rules.zengin.rows import Reading
from app.payments.rules.zengin.totals import Totals

RECORD_BYTES = 200
Told = AccountOpened | ZenginMovement | AccountClosed | FileEnd | ZenginError


@dataclass(frozen=True, slots=True)
class AccountMovements:
    """One account's block: its movements in the file's order, and the trailer's totals, which they add up to."""

    account: OwnAccount
    movements: tuple[ZenginMovement, ...]
    totals: Totals


@dataclass(frozen=True, slots=True)
class ReadZengin:
    """A file that is whole. An account may have several blocks."""

    accounts: tuple[AccountMovements, ...]

    @property
    def movements(self) -> tuple[ZenginMovement, ...]:
        """All movements, in the file's order."""
        return tuple(movement for block in self.accounts for movement in block.movements)


def read_zengin(chunks: Iterable[bytes], reading: Reading) -> ReadZengin | RefusedZengin:
    """The whole file, or all that is wrong with it. Raises nothing of its own."""
    blocks: list[AccountMovements] = []
    movements: list[ZenginMovement] = []
    errors: list[ZenginError] = []
    for told in read_movements(chunks, reading):
        match told:
            case ZenginError():
                errors.append(told)
            case ZenginMovement():
                movements.append(told)
            case AccountClosed(account=account, totals=totals):
                blocks.append(AccountMovements(account, tuple(movements), totals))
                movements = []
    return RefusedZengin(tuple(errors)) if errors else ReadZengin(tuple(blocks))


def read_movements(chunks: Iterable[bytes], reading: Reading) -> Iterator[Told]:
    """What a file tells, record by record, in the memory of a chunk and a record.

    What was yielded counts only when a `FileEnd` comes, which is then the last: a file with an error has none. After an
    error its other records are still looked at, up to `ERRORS_MAX` errors; movements between them are yielded no more.
    """
    blocks, errors = Blocks(reading), 0
    for framed in frames(chunks, width=RECORD_BYTES):
        for told in [framed] if isinstance(framed, ZenginError) else blocks.read(*framed):
            if not isinstance(told, ZenginError):
                if not errors:
                    yield told
                continue
            errors += 1
            if errors > ERRORS_MAX:
                detail = f"There are more than {ERRORS_MAX} errors; nothing behind this record was read."
                yield ZenginError(told.record, "", "too_many_errors", detail)
                return
            yield told
    if blocks.end is not None and not errors:
        yield blocks.end
    elif not errors:
        yield blocks.unfinished()
