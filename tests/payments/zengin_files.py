"""The banks' files as the association's tables lay them out, column by column, and what is read of them or complained of."""

from datetime import date
from typing import Any

from app.payments.rules.zengin import (
    BankPractice,
    Reading,
    ReadZengin,
    RefusedZengin,
    read_zengin,
)

ACCOUNT = "0001" + "ﾐｽﾞﾎ".ljust(15) + "110" + "ﾏﾙﾉｳﾁ".ljust(15)


def header_03(
    *,
    kind: str = "1",
    number: str = "0001234567",
    sign: str = "1",
    balance: str = "00000001000000",
    made: str = "081120",
    code: str = "03",
) -> str:
    return (
        "1" + code + "0" + made + "081101" + "081120" + ACCOUNT
        + "000" + kind + number + "ｶ)ｵﾌｾﾂﾄﾃﾞｽｸ".ljust(40) + sign + "1" + balance + " " * 71
    )  # fmt: skip


def row_03(
    number: str = "00000001", day: str = "081110", minor: int = 540_000, *, way: str = "1", kind: str = "11",
    name: str = "ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ", code: str = "0" * 10, summary: str = "ﾌﾘｺﾐ", edi: str = "", value: str | None = None,
) -> str:  # fmt: skip
    return (
        "2" + number + day + (day if value is None else value) + way + kind + f"{minor:012}" + "0" * 12
        + "0" * 6 + "0" * 6 + "0" + "0" * 7 + "110" + code + name.ljust(48) + "ﾐﾂｲｽﾐﾄﾓ".ljust(15) + "ｼﾌﾞﾔ".ljust(15)
        + summary.ljust(20) + edi.ljust(20) + " "
    )  # fmt: skip


def trailer_03(
    ins: tuple[int, int] = (1, 540_000),
    outs: tuple[int, int] = (0, 0),
    *,
    sign: str = "1",
    balance: str = "00000001540000",
    rows: int | None = None,
) -> str:
    rows = ins[0] + outs[0] if rows is None else rows
    return f"8{ins[0]:06}{ins[1]:013}{outs[0]:06}{outs[1]:013}{sign}{balance}{rows:07}" + " " * 139


def end_03(records: int = 4, accounts: int = 1) -> str:
    return f"9{records:010}{accounts:05}" + " " * 184


def header_01(*, kind: str = "1", number: str = "1234567", code: str = "01") -> str:
    return (
        "1" + code + "0" + "081120" + "081101" + "081120" + ACCOUNT + kind + number + "ｶ)ｵﾌｾﾂﾄﾃﾞｽｸ".ljust(40) + " " * 93
    )


def row_01(
    number: str = "000001",
    day: str = "081110",
    minor: int = 540_000,
    *,
    name: str = "ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ",
    code: str = "0" * 10,
    edi: str = "",
    cancelled: str = " ",
    large: int | None = None,
) -> str:
    start = (
        "2" + number + day + day + f"{minor:010}" + "0" * 10 + code + name.ljust(48)
        + "ﾐﾂｲｽﾐﾄﾓ".ljust(15) + "ｼﾌﾞﾔ".ljust(15) + cancelled
    )  # fmt: skip
    if large is None:
        return start + edi.ljust(20) + " " * 52
    return start + f"{large:012}" + "0" * 12 + edi.ljust(20) + " " * 28


def trailer_01(ins: tuple[int, int] = (1, 540_000), outs: tuple[int, int] | None = None) -> str:
    cancelled = " " * 18 if outs is None else f"{outs[0]:06}{outs[1]:012}"
    return f"8{ins[0]:06}{ins[1]:012}" + cancelled + " " * 163


def end_01() -> str:
    return "9" + " " * 199


def file_of(*records: str, line_end: str = "\r\n", mark: bytes = b"") -> bytes:
    assert {len(record) for record in records} == {200}, [len(record) for record in records]
    return b"".join((record + line_end).encode("cp932") for record in records) + mark


WHOLE_03 = (header_03(), row_03(), trailer_03(), end_03())
WHOLE_01 = (header_01(), row_01(), trailer_01(), end_01())

PRACTICE = BankPractice(years="japanese", inquiry_numbers="of_the_movement", virtual_account="none")
READING = Reading(PRACTICE, date(2026, 11, 24))


def read(*records: str, reading: Reading = READING, **form: Any) -> ReadZengin | RefusedZengin:
    return read_zengin([file_of(*records, **form)], reading)


def whole(*records: str, **form: Any) -> ReadZengin:
    """What was read of a file that is whole."""
    found = read(*records, **form)
    assert isinstance(found, ReadZengin), found
    return found


def complaints(content: bytes, reading: Reading = READING) -> list[tuple[int, str, str]]:
    """What is wrong with a file: the record, its field, and the code."""
    found = read_zengin([content], reading)
    assert isinstance(found, RefusedZengin), found
    return [(error.record, error.field, error.code) for error in found.errors]
