"""What do callers see and send of who issues papers, who gets them, and whose registration is confirmed?"""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from app.core.ids import public_id
from app.identity.models import Organisation
from app.invoices.models import BillingProfile, DeskProfile, ProviderInvoiceStatus
from app.invoices.rules import NumberedBy

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Short = Annotated[str, msgspec.Meta(max_length=60)]
Long = Annotated[str, msgspec.Meta(max_length=200)]


class BankAccountIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The account that buyers transfer to, as it is printed."""

    bank: Name
    branch: Name
    account_type: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    account_number: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,10}$")]
    holder: Name


class DeskProfileIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who issues papers from `valid_from` on. `fiscal_year_ends_in` is the last month of the desk's business year."""

    valid_from: date
    name: Name
    registration_number: Annotated[str, msgspec.Meta(pattern="^T[0-9]{13}$")] | None
    is_corporation: bool
    address: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    phone: Short
    bank: BankAccountIn | None
    notes: Annotated[list[Annotated[str, msgspec.Meta(min_length=1, max_length=200)]], msgspec.Meta(max_length=5)]
    numbered_by: NumberedBy
    fiscal_year_ends_in: Annotated[int, msgspec.Meta(ge=1, le=12)]
    years_kept: Literal[7, 10]
    """Ten where a year with a loss may be among them (Corporation Tax Act)."""


class BankAccountOut(msgspec.Struct, frozen=True):
    """The account that is printed."""

    bank: str
    branch: str
    account_type: str
    account_number: str
    holder: str


class DeskProfileOut(msgspec.Struct, frozen=True):
    """One version of who issues papers; of two from the same day the later one counts."""

    id: str
    valid_from: date
    name: str
    registration_number: str | None
    is_corporation: bool
    address: str
    phone: str
    bank: BankAccountOut | None
    notes: list[str]
    numbered_by: NumberedBy
    fiscal_year_ends_in: int
    years_kept: int
    made_at: datetime

    @classmethod
    def of(cls, row: DeskProfile) -> "DeskProfileOut":
        """Shape a version."""
        return cls(
            id=public_id("dpf", row.id),
            valid_from=row.valid_from,
            name=row.name,
            registration_number=row.registration_number,
            is_corporation=row.is_corporation,
            address=row.address,
            phone=row.phone,
            bank=None if row.bank is None else msgspec.convert(row.bank, BankAccountOut),
            notes=row.notes,
            numbered_by=NumberedBy(row.numbered_by),
            fiscal_year_ends_in=row.fiscal_year_ends_in,
            years_kept=row.years_kept,
            made_at=row.made_at,
        )


class BillingProfileIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How you are written on papers from now on. Without a `name` your organisation's is printed; "" is left out."""

    name: Annotated[str, msgspec.Meta(max_length=100)]
    department: Short
    address: Long
    phone: Short
    purchase_order: Short
    """Your own order number where an order tells none."""
    email: Annotated[str, msgspec.Meta(max_length=254)]
    """Where papers are to be sent."""


class BillingProfileOut(msgspec.Struct, frozen=True):
    """How you are written on papers. Version 0 says that you have asked for nothing yet."""

    organisation_id: str
    name: str
    department: str
    address: str
    phone: str
    purchase_order: str
    email: str
    version: int

    @classmethod
    def of(cls, organisation: Organisation, row: BillingProfile | None) -> "BillingProfileOut":
        """Shape what is printed: the organisation's own name where nothing was asked for."""
        org_id = public_id("org", organisation.org_id)
        if row is None:
            return cls(org_id, organisation.name, "", "", "", "", "", 0)
        return cls(
            organisation_id=org_id,
            name=row.name or organisation.name,
            department=row.department,
            address=row.address,
            phone=row.phone,
            purchase_order=row.purchase_order,
            email=row.email,
            version=row.version,
        )


class InvoiceStatusIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Since when the desk knows, by contract or in writing, that the provider is registered; null takes it back."""

    confirmed_on: date | None
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    """What you looked at."""


class InvoiceStatusOut(msgspec.Struct, frozen=True):
    """A provider's registration. The desk invoices in its stead while `confirmed_number` is its `registration_number`."""

    organisation_id: str
    registration_number: str | None
    confirmed_number: str | None
    confirmed_on: date | None
    invoiced_for: bool
    note: str
    version: int

    @classmethod
    def of(cls, provider: Organisation, row: ProviderInvoiceStatus | None) -> "InvoiceStatusOut":
        """Shape what was confirmed; version 0 where nobody has looked yet."""
        number, confirmed = provider.invoice_number, None if row is None else row.registration_number
        return cls(
            organisation_id=public_id("org", provider.org_id),
            registration_number=number,
            confirmed_number=confirmed,
            confirmed_on=None if row is None else row.confirmed_on,
            invoiced_for=number is not None and number == confirmed,
            note="" if row is None else row.note,
            version=0 if row is None else row.version,
        )
