"""What does the operator write of terms, rates and its own account, and what is seen of them?"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from app.core.ids import public_id
from app.core.money import YEN
from app.payouts.models import CommissionRate, PayoutOriginator, ProviderTerms
from app.payouts.operations import Agreed, NewRate, PaysFrom
from app.payouts.rules import PayoutMethod, RiskBearer, SaleMode
from app.payouts.schemas.money import PayoutMoneyOut, YenSmallest

Weekday = Annotated[int, msgspec.Meta(ge=1, le=7)]
MonthDay = Annotated[int, msgspec.Meta(ge=1, le=31)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class ProviderTermsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is agreed with a provider from a day on. Give one of `closing_weekday` (1 Monday) and `closing_day`."""

    provider_id: str
    valid_from: date
    sale_mode: SaleMode
    risk_bearer: RiskBearer
    payout_method: PayoutMethod
    smallest_payout: YenSmallest
    """Yen; less waits for the next closing day."""
    closing_weekday: Weekday | None = None
    closing_day: MonthDay | None = None
    """31: the month's last day."""
    invoice_confirmed_on: date | None = None
    """When its registration for qualified invoices was looked up."""

    def agreed(self) -> Agreed:
        """As the operation takes it."""
        return Agreed(
            self.valid_from, self.sale_mode, self.risk_bearer, self.payout_method, self.closing_weekday,
            self.closing_day, self.smallest_payout, self.invoice_confirmed_on,
        )  # fmt: skip


class ProviderTermsOut(msgspec.Struct, frozen=True):
    """Terms with a provider. In force are, of those that have begun, the newest."""

    id: str
    provider_id: str
    valid_from: date
    sale_mode: SaleMode
    risk_bearer: RiskBearer
    payout_method: PayoutMethod
    closing_weekday: int | None
    closing_day: int | None
    smallest_payout: PayoutMoneyOut
    invoice_confirmed_on: date | None
    made_at: datetime

    @classmethod
    def of(cls, row: ProviderTerms) -> "ProviderTermsOut":
        """Shape terms."""
        return cls(
            id=public_id("ptm", row.id),
            provider_id=public_id("org", row.org_id),
            valid_from=row.valid_from,
            sale_mode=row.sale_mode,
            risk_bearer=row.risk_bearer,
            payout_method=row.payout_method,
            closing_weekday=row.closing_weekday,
            closing_day=row.closing_day,
            smallest_payout=PayoutMoneyOut(row.smallest_payout_minor, YEN),
            invoice_confirmed_on=row.invoice_confirmed_on,
            made_at=row.made_at,
        )


class CommissionRateIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rate of commission on goods before tax. What is not named: for all. The most specific one is charged."""

    basis_points: Annotated[int, msgspec.Meta(ge=0, le=10_000)]
    valid_from: date
    provider_id: str | None = None
    registry_code: Code | None = None
    methodology_family: Code | None = None
    valid_until: date | None = None
    """The first day on which it is not valid any more."""

    def new(self, provider_id: UUID | None) -> NewRate:
        """As the operation takes it."""
        return NewRate(
            provider_id, self.registry_code, self.methodology_family, self.basis_points, self.valid_from,
            self.valid_until,
        )  # fmt: skip


class CommissionRateOut(msgspec.Struct, frozen=True):
    """A rate of commission. `valid_until` is the first day on which it is not valid any more."""

    id: str
    provider_id: str | None
    registry_code: str | None
    methodology_family: str | None
    basis_points: int
    valid_from: date
    valid_until: date | None
    made_at: datetime
    ended_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: CommissionRate) -> "CommissionRateOut":
        """Shape a rate."""
        return cls(
            id=public_id("cmr", row.id),
            provider_id=None if row.provider_id is None else public_id("org", row.provider_id),
            registry_code=row.registry_code,
            methodology_family=row.methodology_family,
            basis_points=row.basis_points,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            made_at=row.made_at,
            ended_at=row.ended_at,
            version=row.version,
        )


class RateEndIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From which day on a rate is not valid any more; its first day: it never is."""

    valid_until: date


class OriginatorIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The account that the desk pays from, as its bank wants it at the head of a file. Names in kana."""

    code: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,10}$")]
    """振込依頼人コード."""
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    bank_code: Annotated[str, msgspec.Meta(pattern="^[0-9]{4}$")]
    bank_name: Annotated[str, msgspec.Meta(min_length=1, max_length=15)]
    branch_code: Annotated[str, msgspec.Meta(pattern="^[0-9]{3}$")]
    branch_name: Annotated[str, msgspec.Meta(min_length=1, max_length=15)]
    account_kind: Literal["ordinary", "current"]
    account_number: Annotated[str, msgspec.Meta(pattern="^[0-9]{7}$")]
    line_end: Literal["crlf", "none"]
    """How a record ends: banks differ."""
    end_mark: Literal["0x1a", "none"]
    """Whether 0x1A stands behind the last record."""

    def wanted(self) -> PaysFrom:
        """As the operation takes it."""
        return PaysFrom(**msgspec.structs.asdict(self))


class OriginatorOut(msgspec.Struct, frozen=True):
    """The account that the desk pays from."""

    code: str
    name: str
    bank_code: str
    bank_name: str
    branch_code: str
    branch_name: str
    account_kind: str
    account_number: str
    line_end: str
    end_mark: str
    changed_at: datetime
    version: int

    @classmethod
    def of(cls, row: PayoutOriginator) -> "OriginatorOut":
        """Shape the account."""
        return cls(**{name: getattr(row, name) for name in cls.__struct_fields__})
