"""What does a certificate say? Facts that are frozen as bytes once, and read from those bytes ever after."""

import hashlib
from datetime import date
from typing import Final, Literal

import msgspec

from app.core.quantity import Unit

SCHEMA: Final = "offset-desk-certificate/1"
"""Raised when the meaning of a field changes; certificates already issued keep theirs."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same in Japanese and English."""

    ja: str
    en: str


class Purpose(Words, frozen=True, forbid_unknown_fields=True):
    """What the credits were retired for: the code, and its words."""

    code: str


class Evidence(Words, frozen=True, forbid_unknown_fields=True):
    """How the desk knows that the registry recorded it: the grade, and its words."""

    grade: str


class RegistryNamed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The registry that recorded the retirement, and where it is found."""

    code: str
    name_ja: str
    name_en: str
    home_url: str


class SerialSpan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Serials from `first` to `last`, both included, as the registry writes them; `count` numbers.

    `text` is the whole block in the registry's own form, and absent where it is written as prefix and numbers.
    """

    first: str
    last: str
    count: int
    text: str = ""


class EnergySource(Words, frozen=True, forbid_unknown_fields=True):
    """A source of energy: the code, and its words."""

    code: str


class EnergyStated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What energy certificates are an attribute of, and which consumption they were retired for. Null: not told.

    `country` and `consumption_country` are ISO 3166, two letters; the days of the period are both included. The period of
    generation is the line's vintage.
    """

    states: Words
    source: EnergySource
    country: str
    device: str
    commissioned_on: date | None
    category: str | None
    tracking: str | None
    consumption_country: str | None
    consumption_from: date | None
    consumption_to: date | None


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Credits of one issuance of one project; `quantity` is in the certificate's unit."""

    list_kind: str
    """Which of the registry's lists the project's number belongs to: a number alone is no key."""
    number: str
    summary: str
    operator: str
    location: str
    methodologies: tuple[str, ...]
    vintage_from: date
    vintage_to: date
    certification_no: str
    serials: tuple[SerialSpan, ...]
    quantity: int


class RenewableEnergy(Words, frozen=True, forbid_unknown_fields=True):
    """The renewable energy that goes with these credits: power in kWh, heat in MJ, rounded down; null where none is told."""

    power_kwh: int | None
    heat_mj: int | None


class CertificateContents(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that a certificate says. It holds no price, no order, and of the buyer nothing but the beneficiary.

    `recorded_on` is the day in the registry's own zone; `issued_on` is ours, in Japan.
    """

    schema: Literal["offset-desk-certificate/1"] = SCHEMA
    number: str
    verify_url: str
    issuer: str
    issued_on: date
    quantity: int
    unit: Unit
    beneficiary_name: str
    retired_by: str
    """The legal name of the provider, in whose registry account it was done."""
    purpose: Purpose
    purpose_detail: str
    fiscal_year: int | None
    recorded_on: date
    registry: RegistryNamed
    registry_transaction: str | None
    reference: str
    """Ours, as it stands in the registry's public note."""
    evidence: Evidence
    simulated: bool
    """Recorded by a simulator: the certificate proves nothing."""
    lines: tuple[Line, ...]
    does_not_state: Words
    also_purposes: tuple[Purpose, ...] | msgspec.UnsetType = msgspec.UNSET
    """Further reports that the same credits serve; absent where there is none, as in certificates of before."""
    renewable_energy: RenewableEnergy | msgspec.UnsetType = msgspec.UNSET
    energy_attribute: EnergyStated | msgspec.UnsetType = msgspec.UNSET
    """Of energy certificates; other certificates have no such member."""


def canonical_bytes(facts: CertificateContents) -> bytes:
    """The facts as canonical JSON (RFC 8785): keys sorted, no white space, UTF-8; no number has a fraction."""
    return msgspec.json.encode(facts, order="sorted")


def read_contents(content: bytes) -> CertificateContents:
    """The facts in frozen bytes that `canonical_bytes` made."""
    return msgspec.json.decode(content, type=CertificateContents)


def sha256_hex(content: bytes) -> str:
    """SHA-256 of frozen bytes or of a PDF, as people compare it: 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
