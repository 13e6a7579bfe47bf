"""What does a bank's own file bring into the book, and why is it refused, with nothing of it taken?"""

from dataclasses import replace

import pytest

from app.payments.errors import BankFileRefused, BankLineContradicts
from app.payments.rules import DeskAccount
from tests.payments import zengin_files as zengin
from tests.payments.payments_scene import World

STATEMENTS = DeskAccount(
    bank_code="0001",
    branch_code="110",
    account_kind="ordinary",
    account_number="1234567",
    followed_by="statements",
    years="japanese",
    inquiry_numbers="of_the_movement",
    virtual_accounts="none",
)
NOTICES = replace(STATEMENTS, followed_by="notices")
TABLES = ("bank_statement", "bank_line", "posting", "job", "event")


async def counts(world: World) -> list[int]:
    return [await world.owner.fetchval(f"select count(*) from {table}") for table in TABLES]


def statement(*rows: str, ins: tuple[int, int], outs: tuple[int, int] = (0, 0), **header: str) -> bytes:
    head = zengin.header_03(balance=" " * 14, **header)
    return zengin.file_of(head, *rows, zengin.trailer_03(ins, outs, balance=" " * 14), zengin.end_03(len(rows) + 3))


async def test_an_accounts_statement_becomes_lines_and_postings(world: World):
    await world.list_accounts(STATEMENTS)
    rows = (zengin.row_03("00000001"), zengin.row_03("00000002", minor=300, way="2", name="ﾃﾞﾝｷﾀﾞｲ"))
    taken = await world.bring_file(statement(*rows, ins=(1, 540_000), outs=(1, 300)))
    assert (taken.lines_total, taken.lines_new) == (2, 2)
    lines = await world.owner.fetch(
        "select booked_on::text, amount_minor, payer_name, memo, bank_reference, outcome from bank_line order by id"
    )
    assert tuple(lines[0]) == ("2026-11-10", 540_000, "ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ", "ﾌﾘｺﾐ", "00000001", "unknown_payer")
    assert tuple(lines[1]) == ("2026-11-10", -300, "ﾃﾞﾝｷﾀﾞｲ", "ﾌﾘｺﾐ", "00000002", "outgoing")
    assert await world.book() == {"bank": -539_700, "unapplied": 540_000, "suspense": -300}
    await world.assert_sound()


async def test_a_notice_brings_transfers_and_what_was_cancelled_again(world: World):
    await world.list_accounts(NOTICES)
    rows = (zengin.row_01("000001"), zengin.row_01("000002", minor=540_000, cancelled="1"))
    trailer = zengin.trailer_01((1, 540_000), (1, 540_000))
    await world.bring_file(zengin.file_of(zengin.header_01(), *rows, trailer, zengin.end_01()))
    assert await world.owner.fetchval("select array_agg(amount_minor order by id) from bank_line") == [
        540_000,
        -540_000,
    ]
    await world.assert_sound()


async def test_the_same_file_twice_and_a_longer_one_bring_each_movement_once(world: World):
    await world.list_accounts(STATEMENTS)
    one = zengin.row_03("00000001")
    twin = zengin.row_03("00000001")
    first = statement(one, twin, ins=(2, 1_080_000))
    await world.bring_file(first)
    assert (await world.bring_file(first)).lines_new == 0
    longer = statement(one, twin, zengin.row_03("00000009", minor=5), ins=(3, 1_080_005))
    assert (await world.bring_file(longer)).lines_new == 1
    assert await world.book() == {"bank": -1_080_005, "unapplied": 1_080_005}


async def test_a_number_that_is_one_movements_for_good_makes_one_line_of_csv_and_the_banks_file(world: World):
    await world.list_accounts(replace(STATEMENTS, inquiry_numbers="of_the_bank"))
    await world.bring("2026-11-10,540000,ｶ)ｱｵﾊﾞｼﾖｸﾋﾝ,,00000001")
    assert (await world.bring_file(statement(zengin.row_03("00000001"), ins=(1, 540_000)))).lines_new == 0
    before = await counts(world)
    with pytest.raises(BankLineContradicts):
        await world.bring_file(statement(zengin.row_03("00000001", minor=7), ins=(1, 7)))
    assert await counts(world) == before
    twice = (zengin.row_03("00000004"), zengin.row_03("00000004", minor=7))
    with pytest.raises(BankFileRefused) as refused:
        await world.bring_file(statement(*twice, ins=(2, 540_007)))
    assert told(refused.value) == [("/rows/3/inquiry_number", "reference_contradicts")]
    assert await counts(world) == before


def told(refused: BankFileRefused) -> list[tuple[str, str]]:
    return [(error.pointer, error.code) for error in refused.errors]


GOOD = (zengin.header_03(), zengin.row_03(), zengin.trailer_03(), zengin.end_03())
BAD = {
    "truncated": (zengin.file_of(*GOOD)[:350], ("/rows/2", "truncated")),
    "end missing": (zengin.file_of(*GOOD[:3]), ("/rows/3", "missing_end")),
    "trailer missing": (zengin.file_of(GOOD[0], GOOD[1], GOOD[3]), ("/rows/3", "missing_trailer")),
    "wrong total": (
        zengin.file_of(GOOD[0], GOOD[1], zengin.trailer_03((1, 540_001)), GOOD[3]),
        ("/rows/3/in_total", "wrong_total"),
    ),
    "wrong count": (
        zengin.file_of(GOOD[0], GOOD[1], zengin.trailer_03((2, 540_000), rows=1), GOOD[3]),
        ("/rows/3/in_count", "wrong_count"),
    ),
    "wrong balance": (
        zengin.file_of(GOOD[0], GOOD[1], zengin.trailer_03(balance="00000001540001"), GOOD[3]),
        ("/rows/3/balance", "wrong_balance"),
    ),
    "unknown record": (zengin.file_of(GOOD[0], "5" + GOOD[1][1:], *GOOD[2:]), ("/rows/2", "unknown_record")),
    "no digits": (zengin.file_of(GOOD[0], zengin.row_03(day="08111x"), *GOOD[2:]), ("/rows/2/booked_on", "not_digits")),
    "no such day": (zengin.file_of(GOOD[0], zengin.row_03(day="081340"), *GOOD[2:]), ("/rows/2/booked_on", "bad_date")),
    "tomorrow": (
        zengin.file_of(GOOD[0], zengin.row_03(day="081125"), *GOOD[2:]),
        ("/rows/2/booked_on", "date_out_of_range"),
    ),
    "mojibake": (
        zengin.file_of(*GOOD).replace("ｱｵﾊﾞ".encode("cp932"), b"\x82\xa0\x82\xa2"),
        ("/rows/2/payer_name", "undecodable_byte"),
    ),
    "another type": (zengin.file_of(zengin.header_03(code="21"), *GOOD[1:]), ("/rows/1/type_code", "unsupported_type")),
    "unknown account": (
        zengin.file_of(zengin.header_03(number="0007654321"), *GOOD[1:]),
        ("/rows/1/account_number", "unknown_account"),
    ),
    "notices of an account that statements follow": (
        zengin.file_of(*zengin.WHOLE_01),
        ("/rows/1/type_code", "other_type_of_file"),
    ),
    "EBCDIC": (b"\xf1\xf0\xf3" + b"\x40" * 197, ("/rows/1", "ebcdic")),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_file_is_refused_by_name_and_nothing_of_it_is_taken(world: World, name: str):
    await world.list_accounts(STATEMENTS)
    before = await counts(world)
    content, first = BAD[name]
    with pytest.raises(BankFileRefused) as refused:
        await world.bring_file(content)
    assert told(refused.value)[0] == first
    assert await counts(world) == before


async def test_utf_8_is_told_from_what_a_bank_writes(world: World):
    await world.list_accounts(STATEMENTS)
    before = await counts(world)
    content = b"".join((record + "\r\n").encode() for record in GOOD)
    with pytest.raises(BankFileRefused) as refused:
        await world.bring_file(content)
    assert refused.value.errors[0].code == "undecodable_byte"
    assert "UTF-8" in refused.value.errors[0].detail
    assert await counts(world) == before


async def test_every_account_in_a_file_is_the_desks_and_read_in_one_way(world: World):
    other = replace(STATEMENTS, account_number="7654321")
    block = (zengin.row_03(), zengin.trailer_03(balance=" " * 14))
    content = zengin.file_of(
        zengin.header_03(balance=" " * 14),
        *block,
        zengin.header_03(number="0007654321", balance=" " * 14),
        *block,
        zengin.end_03(7, 2),
    )
    await world.list_accounts(STATEMENTS)
    with pytest.raises(BankFileRefused) as refused:
        await world.bring_file(content)
    assert told(refused.value) == [("/rows/4/account_number", "unknown_account")]
    await world.list_accounts(STATEMENTS, replace(other, inquiry_numbers="of_the_file"))
    with pytest.raises(BankFileRefused) as refused:
        await world.bring_file(content)
    assert told(refused.value) == [("/rows/4/account_number", "other_practice")]
    await world.list_accounts(STATEMENTS, other)
    assert (await world.bring_file(content)).lines_new == 2
