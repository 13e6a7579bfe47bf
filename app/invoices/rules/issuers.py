"""Who may issue a qualified invoice, for whom, and in which name? Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.core.corporate_number import is_invoice_registration_number
from app.invoices.errors import (
    IssuerNotRegistered,
    ProviderNotRegistered,
    RegistrationNotTold,
    RegistrationNumberInvalid,
)
from app.invoices.rules.kinds import IssuerMode, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A business and its registration number (登録番号), None when it is no qualified invoice issuer.

    A corporation's number carries the check digit of its 法人番号, a sole trader's carries none (National Tax Agency,
    invoice-kohyo.nta.go.jp, "about-toroku"). `told_desk_on` is the day when a provider told the desk that it is
    registered, by contract or in writing; of the desk itself it is None.
    """

    org_id: UUID
    name: str
    registration_number: str | None
    is_corporation: bool
    told_desk_on: date | None


def issuer_mode(desk: Issuer, provider: Issuer, supplied_on: date, *, desk_sells: bool) -> IssuerMode:
    """The mode in which a supply is invoiced: never a refusal, for without the conditions it is UNREGISTERED.

    Raises RegistrationNumberInvalid for a number that is none: that is a mistake to correct, no missing registration.
    """
    seller = desk if desk_sells else provider
    for each in (desk, seller):
        _must_be_valid(each)
    if desk.registration_number is None or seller.registration_number is None:
        return IssuerMode.UNREGISTERED
    if desk_sells:
        return IssuerMode.DESK
    return IssuerMode.FOR_PROVIDER if _told_before(provider, supplied_on) else IssuerMode.UNREGISTERED


def must_be_allowed(mode: IssuerMode, desk: Issuer, providers: Mapping[UUID, Issuer], lines: Iterable[Line]) -> None:
    """Refuse to issue these lines in this mode unless the law allows it.

    An intermediary issues in its own name and with its own number when both it and the seller are registered and the
    seller told it so before the sale (消費税法施行令 Cabinet Order on Consumption Tax, article 70-12, paragraph 1;
    National Tax Agency, インボイス制度に関するQ&A, questions 48 and 49). It keeps a copy, and gives the seller one or a
    statement of it without delay (article 70-12, paragraph 3): here that is the copy marked 控え and the statement.

    Raises IssuerNotRegistered, ProviderNotRegistered, RegistrationNumberInvalid, RegistrationNotTold.
    """
    _must_be_valid(desk)
    if mode == IssuerMode.UNREGISTERED:
        return
    if desk.registration_number is None:
        raise IssuerNotRegistered(f"{desk.name} has no registration number.", issuer=desk.name)
    if mode == IssuerMode.DESK:
        return
    for line in lines:
        provider = providers[line.provider_id]
        _must_be_valid(provider)
        if provider.registration_number is None:
            raise ProviderNotRegistered(f"{provider.name} has no registration number.", seller=provider.name)
        if line.supplied_on is None or not _told_before(provider, line.supplied_on):
            raise RegistrationNotTold(
                f"{provider.name} had not told of its registration before it sold line {line.n}.", seller=provider.name
            )


def lines_by_mode(
    lines: Iterable[Line], desk: Issuer, providers: Mapping[UUID, Issuer], *, desk_sells: bool
) -> dict[IssuerMode, list[Line]]:
    """The lines of an order on the papers that they belong to: one for each mode, none without a line.

    What registered and unregistered sellers supplied must stay apart (Q&A, question 49): here on papers of their own.
    Raises RegistrationNumberInvalid.
    """
    papers: dict[IssuerMode, list[Line]] = {}
    for line in lines:
        assert line.supplied_on is not None, "An order's line is invoiced on the day that it was supplied, or later."
        mode = issuer_mode(desk, providers[line.provider_id], line.supplied_on, desk_sells=desk_sells)
        papers.setdefault(mode, []).append(line)
    return papers


def is_valid_number(issuer: Issuer) -> bool:
    """Whether the issuer has a registration number, and it is one that the Agency could have given."""
    return issuer.registration_number is not None and is_invoice_registration_number(
        issuer.registration_number, of_a_corporation=issuer.is_corporation
    )


def _must_be_valid(issuer: Issuer) -> None:
    if issuer.registration_number is not None and not is_valid_number(issuer):
        raise RegistrationNumberInvalid(
            f"{issuer.name}'s registration number {issuer.registration_number} is not valid.",
            issuer=issuer.name,
            registration_number=issuer.registration_number,
        )


def _told_before(provider: Issuer, supplied_on: date) -> bool:
    return provider.told_desk_on is not None and provider.told_desk_on <= supplied_on
