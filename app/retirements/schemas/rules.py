"""What do callers see of purposes and of registries' rules, and what does the operator say of them?"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec

from app.retirements.models import RegistryRule
from app.retirements.rules import Purpose
from app.retirements.rules.registry_rules import KEYS, RegistryRules

_Text = Annotated[str, msgspec.Meta(max_length=2_000)]
_Said = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]


class PurposeOut(msgspec.Struct, frozen=True):
    """What credits may be retired for."""

    code: str
    ja: str
    en: str
    scope: str
    needs_fiscal_year: bool

    @classmethod
    def of(cls, purpose: Purpose) -> "PurposeOut":
        """The purpose as everybody sees it."""
        return cls(purpose.code, purpose.ja, purpose.en, purpose.scope, purpose.needs_fiscal_year)


class PurposesOut(msgspec.Struct, frozen=True):
    """Every purpose, in the order of the scheme's own list."""

    data: list[PurposeOut]


class RuleOut(msgspec.Struct, frozen=True):
    """One rule of a registry. What is not `verified` was read in a copy, or is the desk's belief: `note` says which.

    `entered_at` tells since when the operator has it so; null for what the desk ships with.
    """

    key: str
    value: Any
    verified: bool
    source: str
    note: str
    entered_at: datetime | None


class RegistryRulesOut(msgspec.Struct, frozen=True):
    """What a registry asks of a retirement."""

    registry: str
    data: list[RuleOut]

    @classmethod
    def of(cls, registry_code: str, rules: RegistryRules, changes: Sequence[RegistryRule]) -> "RegistryRulesOut":
        """Every rule that holds, in the order of their list."""
        return cls(registry_code, list(_shown(rules, {row.key: row.entered_at for row in changes})))


def _shown(rules: RegistryRules, entered: dict[str, datetime]) -> Iterator[RuleOut]:
    for key in KEYS:
        datum = getattr(rules, key)
        value = msgspec.to_builtins(datum.value)
        yield RuleOut(key, value, datum.verified, datum.source, datum.note, entered.get(key))


class RuleIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the operator knows of one rule, where it is said, and why it is entered."""

    key: Annotated[str, msgspec.Meta(max_length=40)]
    value: Any
    verified: bool
    source: _Said
    reason: _Said
    note: _Text = ""
