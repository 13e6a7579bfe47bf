"""Is a qualified invoice issued only by whom, for whom and with which number the law allows?"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.corporate_number import is_invoice_registration_number
from app.invoices.errors import (
    IssuerNotRegistered,
    ProviderNotRegistered,
    RegistrationNotTold,
    RegistrationNumberInvalid,
)
from app.invoices.rules import (
    Document,
    IssuerMode,
    Kind,
    Particular,
    Sale,
    compose,
    compose_payout,
    issuer_mode,
    lines_by_mode,
    missing_particulars,
)
from tests.invoices.papers import DESK, IDS, PROVIDERS, SOLD_ON, content, line, lines, provider

REAL = (
    *("7000012050002", "9000020016926", "6010401020516", "4011001098993", "6120001077499"),
    *("6000020323861", "5010005007398", "4310005005174", "4013101003767", "9370501000560"),
)
"""Ten corporations: the National Tax Agency, registry offices, and operators in the public list of J-Credit projects."""


@pytest.mark.parametrize("number", REAL)
def test_a_real_number_passes_and_every_other_digit_in_every_place_fails_unless_0_and_9_swap(number):
    assert is_invoice_registration_number(f"T{number}", of_a_corporation=True)
    tried = 0
    for place, digit in enumerate(number):
        for other in set("0123456789") - {digit}:
            changed = number[:place] + other + number[place + 1 :]
            unseen = place > 0 and {digit, other} == {"0", "9"}
            assert is_invoice_registration_number(f"T{changed}", of_a_corporation=True) == unseen, changed
            tried += 1
    assert tried == 13 * 9


@pytest.mark.parametrize(
    "number", ["", "T", "7000012050002", "t7000012050002", "T700001205000", "T70000120500022", "T7000012050002 ",
               "T-7000012050002", "Ｔ7000012050002", "T７000012050002", "T0000012050002", "T7000012050002\n"],
)  # fmt: skip
def test_what_is_no_number_is_refused_by_name_for_whoever_has_it(number):
    sold = lines([(1, "A", 5, 100, 1, 1000)])
    for desk, providers in (
        (replace(DESK, registration_number=number), PROVIDERS),
        (DESK, PROVIDERS | {IDS["A"]: provider("A", number)}),
    ):
        with pytest.raises(RegistrationNumberInvalid):
            compose(IssuerMode.FOR_PROVIDER, sold, desk=desk, providers=providers)
        with pytest.raises(RegistrationNumberInvalid):
            issuer_mode(desk, providers[IDS["A"]], SOLD_ON, desk_sells=False)


def test_a_sole_traders_number_carries_no_check_digit():
    trader = replace(provider("A", "T1234567890123"), is_corporation=False)
    sold = lines([(1, "A", 5, 100, 1, 1000)])
    assert compose(IssuerMode.FOR_PROVIDER, sold, desk=DESK, providers={IDS["A"]: trader}).total_minor == 550


@pytest.mark.parametrize(
    ("desk_number", "number", "told_on", "refusal"),
    [
        (None, "T9000020016926", SOLD_ON, IssuerNotRegistered),
        (DESK.registration_number, None, SOLD_ON, ProviderNotRegistered),
        (DESK.registration_number, "T9000020016926", None, RegistrationNotTold),
        (DESK.registration_number, "T9000020016926", SOLD_ON + timedelta(days=1), RegistrationNotTold),
    ],
)
def test_an_intermediary_issues_only_when_both_are_registered_and_it_was_told_before_the_sale(
    desk_number, number, told_on, refusal
):
    sold = lines([(1, "B", 5, 100, 1, 1000), (1, "A", 5, 100, 1, 1000)])
    desk = replace(DESK, registration_number=desk_number)
    providers = PROVIDERS | {IDS["A"]: provider("A", number, told_on)}
    with pytest.raises(refusal):
        compose(IssuerMode.FOR_PROVIDER, sold, desk=desk, providers=providers)
    assert issuer_mode(desk, providers[IDS["A"]], SOLD_ON, desk_sells=False) == IssuerMode.UNREGISTERED
    assert compose(IssuerMode.UNREGISTERED, sold, desk=desk, providers=providers).total_minor == 1_100


def test_told_on_the_day_of_the_sale_is_in_time():
    told = provider("A", "T9000020016926", SOLD_ON)
    assert issuer_mode(DESK, told, SOLD_ON, desk_sells=False) == IssuerMode.FOR_PROVIDER


def test_a_line_without_a_day_of_supply_is_issued_for_nobody():
    with pytest.raises(RegistrationNotTold):
        compose(
            IssuerMode.FOR_PROVIDER, [line((1, "A", 5, 100, 1, 1000), 0, None)], desk=DESK, providers=PROVIDERS
        )  # fmt: skip


def test_as_the_desks_own_sale_a_providers_number_does_not_matter():
    providers = PROVIDERS | {IDS["A"]: provider("A", None, None)}
    sold = lines([(1, "A", 5, 100, 1, 1000)])
    assert compose(IssuerMode.DESK, sold, desk=DESK, providers=providers).total_minor == 550
    assert issuer_mode(DESK, providers[IDS["A"]], SOLD_ON, desk_sells=True) == IssuerMode.DESK
    with pytest.raises(IssuerNotRegistered):
        compose(IssuerMode.DESK, sold, desk=replace(DESK, registration_number=None), providers=providers)


def test_registered_and_unregistered_sellers_of_an_order_get_papers_of_their_own():
    providers = PROVIDERS | {IDS["B"]: provider("B", None, None)}
    sold = lines([(1, "A", 5, 100, 1, 1000), (1, "B", 6, 100, 1, 1000), (1, "A", 7, 100, 1, 1000)])
    papers = lines_by_mode(sold, DESK, providers, desk_sells=False)
    assert {mode: [each.quantity for each in rows] for mode, rows in papers.items()} == {
        IssuerMode.FOR_PROVIDER: [5, 7],
        IssuerMode.UNREGISTERED: [6],
    }
    for mode, rows in papers.items():
        compose(mode, rows, desk=DESK, providers=providers)


@pytest.mark.parametrize(
    ("number", "refusal"), [(None, IssuerNotRegistered), ("T1000012050002", RegistrationNumberInvalid)]
)
def test_a_commission_is_invoiced_only_with_a_number(number, refusal):
    with pytest.raises(refusal):
        compose_payout(
            [Sale(IDS["A"], 100, 10, 5)], [], desk=replace(DESK, registration_number=number), tax_basis_points=1000
        )


def document(kind: Kind = Kind.INVOICE, mode: IssuerMode = IssuerMode.FOR_PROVIDER) -> Document:
    sold = lines([(1, "A", 5, 105, 1, 1000), (1, "A", 5, 101, 1, 800), (1, "B", 3, 35, 1, 1000)])
    composed = compose(IssuerMode.FOR_PROVIDER, sold, desk=DESK, providers=PROVIDERS)
    return Document(
        kind=kind,
        mode=mode,
        issuer_name=DESK.name,
        issuer_is_corporation=True,
        registration_number=DESK.registration_number,
        recipient_name="森鷗外記念音楽祭実行委員会",
        lines=composed.lines,
        totals=composed.totals,
        returned_on=date(2026, 11, 28),
    )


FULL = document()
WITHOUT: dict[Particular, Document] = {
    Particular.ISSUER_NAME: replace(FULL, issuer_name=" "),
    Particular.REGISTRATION_NUMBER: replace(FULL, registration_number=None),
    Particular.DATE_OF_RETURN: replace(FULL, returned_on=None),
    Particular.DATE_OF_SUPPLY: replace(FULL, lines=(replace(FULL.lines[0], supplied_on=None), *FULL.lines[1:])),
    Particular.CONTENT: replace(FULL, lines=(replace(FULL.lines[0], content=content("　")), *FULL.lines[1:])),
    Particular.REDUCED_RATE_MARK: replace(
        FULL, lines=(FULL.lines[0], replace(FULL.lines[1], reduced_rate_marked=False), FULL.lines[2])
    ),
    Particular.TOTAL_PER_RATE: replace(FULL, totals=FULL.totals[1:]),
    Particular.TAX_PER_RATE: replace(FULL, totals=(replace(FULL.totals[0], tax_minor=51), *FULL.totals[1:])),
    Particular.RECIPIENT_NAME: replace(FULL, recipient_name=""),
}


@pytest.mark.parametrize("kind", Kind)
def test_a_full_paper_of_any_kind_misses_nothing(kind):
    for mode in IssuerMode:
        assert missing_particulars(document(kind, mode)) == []


@pytest.mark.parametrize("kind", [Kind.INVOICE, Kind.MONTHLY_INVOICE, Kind.PAYOUT_STATEMENT])
@pytest.mark.parametrize("particular", Particular)
def test_a_qualified_invoice_misses_exactly_what_was_taken_away(kind, particular):
    expected = [] if particular == Particular.DATE_OF_RETURN else [particular]
    assert missing_particulars(replace(WITHOUT[particular], kind=kind)) == expected


@pytest.mark.parametrize("particular", Particular)
def test_a_return_needs_its_day_and_no_recipient(particular):
    expected = [] if particular == Particular.RECIPIENT_NAME else [particular]
    assert missing_particulars(replace(WITHOUT[particular], kind=Kind.RETURN)) == expected


@pytest.mark.parametrize("particular", [Particular.REGISTRATION_NUMBER, Particular.TAX_PER_RATE])
def test_a_paper_that_is_no_qualified_invoice_needs_no_number(particular):
    assert missing_particulars(replace(WITHOUT[particular], mode=IssuerMode.UNREGISTERED)) == []


def test_a_number_with_a_wrong_check_digit_is_missing():
    wrong = replace(FULL, registration_number="T1000012050002")
    assert missing_particulars(wrong) == [Particular.REGISTRATION_NUMBER]


def test_a_mark_on_a_line_of_the_standard_rate_is_wrong_too():
    wrong = replace(FULL, lines=(replace(FULL.lines[0], reduced_rate_marked=True), *FULL.lines[1:]))
    assert missing_particulars(wrong) == [Particular.REDUCED_RATE_MARK]


@given(st.integers(-3, 3))
def test_tax_may_be_rounded_either_way_and_be_no_yen_further_off(off):
    goods, exact_floor = 525, 52
    assert FULL.totals[0].goods_minor == goods
    said = replace(FULL, totals=(replace(FULL.totals[0], tax_minor=exact_floor + off), *FULL.totals[1:]))
    assert (missing_particulars(said) == []) == (off in {0, 1})


def test_a_paper_without_a_line_says_nothing():
    assert missing_particulars(replace(FULL, lines=(), totals=())) == [Particular.CONTENT]
